using Microsoft.AspNetCore.Http;
using Slipway.Content;

namespace Slipway.Daemon.Registry.Uploads;

/// <summary>The body of a request that sends bytes of a blob. It ends where the connection breaks, so that what has come is kept and the client goes on from there.</summary>
internal sealed class UploadBody(Stream body) : ReadOnlyStream
{
    /// <summary>Whether it ended before its end.</summary>
    public bool IsBroken { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return IsBroken ? 0 : await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException or OperationCanceledException)
        {
            IsBroken = true;
            return 0;
        }
    }
}
