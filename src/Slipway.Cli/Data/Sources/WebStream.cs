using System.Net;
using System.Net.Http.Headers;

namespace Slipway.Cli.Data.Sources;

/// <summary>
/// The bytes at an address, through lost connections: the rest is asked for by a range, and only where the server says that the file is
/// still the same (its ETag or time of change).
/// </summary>
internal sealed class WebStream : Stream
{
    private readonly WebClient client;
    private readonly Uri address;
    private readonly Func<Uri, bool>? allowed;
    private readonly Action<long>? read;
    private readonly string? validator;
    private HttpResponseMessage response;
    private Stream body;
    private long position;

    private WebStream(WebClient client, Uri address, Func<Uri, bool>? allowed, Action<long>? read, HttpResponseMessage response, Stream body)
    {
        (this.client, this.address, this.allowed, this.read, this.response, this.body) = (client, address, allowed, read, response, body);
        validator = ValidatorOf(response);
        Size = response.Content.Headers.ContentLength;
    }

    /// <summary>Null where the server does not say.</summary>
    public long? Size { get; }

    /// <summary>Where the bytes came from after redirects.</summary>
    public Uri From => response.RequestMessage!.RequestUri!;

    public string? MediaType => response.Content.Headers.ContentType?.MediaType;

    public override bool CanRead => true;

    // A tar's writer asks how long its source is, by these.
    public override bool CanSeek => Size is not null;

    public override bool CanWrite => false;

    public override long Length => Size ?? throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <param name="read">Told how many bytes have come, each time.</param>
    public static async Task<WebStream> OpenAsync(WebClient client, Uri address, Func<Uri, bool>? allowed, Action<long>? read, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await client.GetAsync(address, null, allowed, cancellationToken).ConfigureAwait(false);
        return new WebStream(client, address, allowed, read, response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int failures = 0; ;)
        {
            try
            {
                int count = await WebClient.InTimeAsync(token => body.ReadAsync(buffer, token).AsTask(), cancellationToken).ConfigureAwait(false);
                if (count > 0 || buffer.IsEmpty || Size is null || position == Size)
                {
                    position += count;
                    read?.Invoke(count);
                    return count;
                }

                throw new IOException($"it ended after {position} of {Size} bytes");
            }
            catch (Exception exception) when (WebClient.MayPass(exception))
            {
                if (++failures == WebClient.Tries)
                {
                    throw new CliException($"cannot read {WebClient.Shown(address)} to its end: {exception.Message}", "nothing was put; try again");
                }

                await client.WaitAsync(failures, cancellationToken).ConfigureAwait(false);
                await ResumeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException(); // Nobody may block on the web.

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            response.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (validator is null && position > 0)
        {
            throw new CliException(
                $"the connection to {WebClient.Shown(address)} broke after {position} bytes, and its server does not tell whether the file is still the same", "nothing was put; try again");
        }

        HttpResponseMessage next = await client.GetAsync(address, AskForTheRest, allowed, cancellationToken).ConfigureAwait(false);
        bool part = next.StatusCode == HttpStatusCode.PartialContent;
        ContentRangeHeaderValue? range = next.Content.Headers.ContentRange;
        bool same = ValidatorOf(next) is { } now ? now == validator : part;
        if ((position > 0 && !same) || (part && range?.From != position) || (part ? range?.Length : next.Content.Headers.ContentLength) is { } all && Size is not null && all != Size)
        {
            next.Dispose();
            throw new CliException($"{WebClient.Shown(address)} changed while it was read", "nothing was put; try again");
        }

        await body.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
        response = next;
        body = await next.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (!part)
        {
            await SkipAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void AskForTheRest(HttpRequestMessage request)
    {
        if (position > 0)
        {
            request.Headers.Range = new RangeHeaderValue(position, null);
            request.Headers.TryAddWithoutValidation("If-Range", validator);
        }
    }

    /// <summary>A server without ranges sends all once more: what we have is passed over.</summary>
    private async Task SkipAsync(CancellationToken cancellationToken)
    {
        byte[] passed = new byte[64 * 1024];
        for (long left = position; left > 0;)
        {
            int want = (int)Math.Min(left, passed.Length);
            int count = await WebClient.InTimeAsync(token => body.ReadAsync(passed.AsMemory(0, want), token).AsTask(), cancellationToken).ConfigureAwait(false);
            left -= count > 0 ? count : throw new IOException($"it ended within the first {position} bytes");
        }
    }

    /// <summary>A strong ETag, else the time of change.</summary>
    private static string? ValidatorOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : response.Content.Headers.LastModified?.ToString("R");
}
