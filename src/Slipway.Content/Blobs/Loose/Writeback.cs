using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Asks the kernel to begin writing a growing file to the disk, so that the sync at the end has little left to do. The asking can block on
/// a busy disk, so it stands beside the writer: one request at a time, each for all that came since the one before.
/// </summary>
internal sealed class Writeback(SafeFileHandle? file) : IAsyncDisposable
{
    private const long Step = 8 << 20;

    private Task _request = Task.CompletedTask;
    private long _asked;

    /// <summary>The file is written up to <paramref name="position"/>.</summary>
    public void Advance(long position)
    {
        if (file is not null && position - _asked >= Step && _request.IsCompleted)
        {
            (long from, _asked) = (_asked, position);
            _request = Task.Run(() => Libc.BeginWriteback(file, from, position - from));
        }
    }

    /// <summary>Waits for the request at hand, which uses the file.</summary>
    public async ValueTask DisposeAsync() => await _request;
}
