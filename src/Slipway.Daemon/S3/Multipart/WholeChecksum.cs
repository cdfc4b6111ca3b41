using System.Buffers;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.S3.Payloads;

namespace Slipway.Daemon.S3.Multipart;

/// <summary>
/// The checksums that a client gives of an object when it completes its upload: of all its bytes, or, where a number follows (<c>SUM-3</c>), of the sums of
/// so many parts, end to end; and <c>x-amz-mp-object-size</c>.
/// </summary>
internal static class WholeChecksum
{
    private const string Own = "x-amz-checksum-";
    private const string Size = "x-amz-mp-object-size";
    private const int BufferSize = 1 << 18;

    /// <summary>Reads the object once, where a checksum is given, and compares.</summary>
    /// <param name="lengths">Of its parts, in their order.</param>
    /// <exception cref="S3Exception">BadDigest: it has another; InvalidRequest: another size.</exception>
    public static async Task CheckAsync(
        IHeaderDictionary headers, IBlobStore blobs, BlobInfo whole, IReadOnlyList<long> lengths, CancellationToken cancellationToken)
    {
        if (headers[Size].ToString() is { Length: > 0 } size && size != S3Xml.Number(whole.Size))
        {
            throw new S3Exception(400, "InvalidRequest", $"the parts have {whole.Size} bytes together, and {Size} says {size}");
        }

        List<Sum> sums = [];
        try
        {
            foreach (string name in headers.Keys.Where(name => name.StartsWith(Own, StringComparison.OrdinalIgnoreCase)))
            {
                if (Checksum.Find(name.ToLowerInvariant()) is { } checksum)
                {
                    sums.Add(new Sum(name.ToLowerInvariant(), headers[name].ToString(), checksum));
                }
            }

            if (sums.Count > 0)
            {
                await ReadAsync(blobs, whole.Digest, lengths, sums, cancellationToken);
            }

            if (sums.Find(sum => !sum.IsRight(lengths.Count)) is { } wrong)
            {
                throw new S3Exception(400, "BadDigest", $"the object does not have the checksum that {wrong.Header} says");
            }
        }
        finally
        {
            sums.ForEach(sum => sum.Dispose());
        }
    }

    private static async Task ReadAsync(IBlobStore blobs, Digest digest, IReadOnlyList<long> lengths, List<Sum> sums, CancellationToken cancellationToken)
    {
        await using Stream content = await blobs.OpenAsync(digest, cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (long length in lengths)
            {
                for (long left = length; left > 0;)
                {
                    int read = (int)Math.Min(left, buffer.Length);
                    await content.ReadExactlyAsync(buffer.AsMemory(0, read), cancellationToken);
                    sums.ForEach(sum => sum.Add(buffer.AsSpan(0, read)));
                    left -= read;
                }

                sums.ForEach(sum => sum.EndPart());
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One checksum that is given, and what it is found to be.</summary>
    private sealed class Sum(string header, string given, Checksum checksum) : IDisposable
    {
        private readonly Checksum? _sums = given.Contains('-', StringComparison.Ordinal) ? Checksum.Find(header) : null;
        private Checksum _bytes = checksum;

        public string Header => header;

        public void Add(ReadOnlySpan<byte> bytes) => _bytes.Add(bytes);

        public void EndPart()
        {
            if (_sums is not null)
            {
                _sums.Add(Convert.FromBase64String(_bytes.Finish()));
                _bytes.Dispose();
                _bytes = Checksum.Find(header)!;
            }
        }

        public bool IsRight(int parts) => given == (_sums is null ? _bytes.Finish() : $"{_sums.Finish()}-{S3Xml.Number(parts)}");

        public void Dispose()
        {
            _bytes.Dispose();
            _sums?.Dispose();
        }
    }
}
