using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

/// <summary>
/// A connection to a unix socket whose every call blocks, the asynchronous ones too. For a process that lives for milliseconds: the platform's sockets
/// start an event loop and a thread pool before their first byte. One reader and one writer may use it at once, each on a thread of its own.
/// Fails as a <see cref="NetworkStream"/> does: an <see cref="IOException"/> over a <see cref="SocketException"/>.
/// </summary>
public sealed class UnixStream : Stream
{
    private readonly SafeFileHandle _socket;
    private int _disposed;

    private UnixStream(SafeFileHandle socket) => _socket = socket;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Connects; see <see cref="Libc.ConnectUnix"/> for the errors.</summary>
    public static UnixStream Connect(string path) => new(Libc.ConnectUnix(path));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Libc.Receive(_socket, buffer);
        }
        catch (LinuxException error)
        {
            throw Lost(error);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Blocks as <see cref="Read(Span{byte})"/>; a cancellation ends the connection.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return ValueTask.FromResult(Read(buffer.Span));
        }

        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenRegistration end = cancellationToken.UnsafeRegister(static stream => Libc.Shutdown(((UnixStream)stream!)._socket), this);
        int count = Read(buffer.Span);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(count);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[Libc.Send(_socket, buffer)..];
            }
        }
        catch (LinuxException error)
        {
            throw Lost(error);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Blocks as <see cref="Write(ReadOnlySpan{byte})"/>; a cancellation ends the sending, and leaves what comes.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenRegistration end = cancellationToken.UnsafeRegister(
            static stream => Libc.Shutdown(((UnixStream)stream!)._socket, onlySending: true), this);
        try
        {
            Write(buffer.Span);
        }
        catch (IOException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Wakes a reader on another thread, which then sees the end.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Libc.Shutdown(_socket);
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static IOException Lost(LinuxException error) => new(error.Message, new SocketException(error.Errno));
}
