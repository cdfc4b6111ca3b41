using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Slipway.Content;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3.Payloads;

/// <summary>
/// Decodes a body of <c>aws-chunked</c>: chunks of <c>size;chunk-signature=…</c>, the last of size 0, then trailing headers. Signed chunks are given
/// out only after their signature was checked.
/// </summary>
internal sealed class ChunkedBody(PipeReader source, SignedRequest signed, IReadOnlyList<string> trailers) : ReadOnlyStream
{
    private const int LongestChunk = 64 << 20;
    private const int LongestLine = 16 * 1024;
    private readonly bool _isSigned = signed.Payload.StartsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", StringComparison.Ordinal);
    private string _previous = signed.Signature;
    private byte[] _chunk = [];
    private int _left;
    private int _at;
    private bool _ended;

    /// <summary>The headers that followed the body, once it was read to its end.</summary>
    public Dictionary<string, string> Trailers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && !_ended)
        {
            await NextAsync(cancellationToken);
        }

        int count = Math.Min(_left, buffer.Length);
        _chunk.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        _left -= count;
        return count;
    }

    private async Task NextAsync(CancellationToken cancellationToken)
    {
        string[] line = (await LineAsync(cancellationToken)).Split(';');
        if (!int.TryParse(line[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size) || size is < 0 or > LongestChunk)
        {
            throw new S3Exception(400, "InvalidRequest", "the body is not aws-chunked: a chunk has no size, or one of more than 64 MiB");
        }

        _chunk = _chunk.Length >= size ? _chunk : new byte[size];
        await FillAsync(_chunk.AsMemory(0, size), cancellationToken);
        (_at, _left, _ended) = (0, size, size == 0);
        if (_isSigned)
        {
            string given = Array.Find(line, part => part.StartsWith("chunk-signature=", StringComparison.Ordinal))?["chunk-signature=".Length..] ?? "";
            string hash = Convert.ToHexStringLower(SHA256.HashData(_chunk.AsSpan(0, size)));
            Check("AWS4-HMAC-SHA256-PAYLOAD", SignatureV4.Hash("") + "\n" + hash, given);
        }

        if (!_ended)
        {
            await LineAsync(cancellationToken);
        }
        else if (trailers.Count > 0)
        {
            await ReadTrailersAsync(cancellationToken);
        }
    }

    private async Task ReadTrailersAsync(CancellationToken cancellationToken)
    {
        StringBuilder canonical = new();
        string? signature = null;
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            int at = line.IndexOf(':', StringComparison.Ordinal);
            (string name, string value) = at < 0 ? (line, "") : (line[..at].Trim().ToLowerInvariant(), line[(at + 1)..].Trim());
            if (name == "x-amz-trailer-signature")
            {
                signature = value;
                continue;
            }

            Trailers[name] = value;
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        if (_isSigned)
        {
            Check("AWS4-HMAC-SHA256-TRAILER", SignatureV4.Hash(canonical.ToString()), signature ?? "");
        }
    }

    private void Check(string algorithm, string hashes, string given)
    {
        string expected = SignatureV4.Sign(signed.SigningKey, $"{algorithm}\n{signed.Date}\n{signed.Scope}\n{_previous}\n{hashes}");
        _previous = SignatureV4.AreEqual(expected, given) ? expected
            : throw new S3Exception(403, "SignatureDoesNotMatch", "the signature of a chunk of the body is not right");
    }

    private async Task FillAsync(Memory<byte> chunk, CancellationToken cancellationToken)
    {
        while (!chunk.IsEmpty)
        {
            ReadResult read = await source.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(chunk.Length, read.Buffer.Length));
            part.CopyTo(chunk.Span);
            chunk = chunk[(int)part.Length..];
            source.AdvanceTo(part.End);
            if (read.IsCompleted && part.IsEmpty)
            {
                throw new S3Exception(400, "IncompleteBody", "the body ends within a chunk");
            }
        }
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await source.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.ASCII.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                source.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            bool over = read.IsCompleted || read.Buffer.Length > LongestLine;
            string rest = over && read.Buffer.Length <= LongestLine ? Encoding.ASCII.GetString(read.Buffer) : "";
            source.AdvanceTo(over ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (over)
            {
                // The last line may lack its end.
                return _ended ? rest : throw new S3Exception(400, "IncompleteBody", "the body ends within the head of a chunk");
            }
        }
    }
}
