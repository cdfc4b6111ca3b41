using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using Slipway.Api;

namespace Slipway.Daemon.Api;

/// <summary>
/// What a warm command says, as frames on a connection. Commands write as to a pipe, also without waiting, and from several threads; one task sends. Once the
/// client has gone, what is written goes nowhere.
/// </summary>
internal sealed class CommandFrames : IAsyncDisposable
{
    private const int FrameHead = 5;

    /// <summary>Beyond so many frames a writer waits for the client.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<byte[]> _frames = System.Threading.Channels.Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Task _sending;

    public CommandFrames(Stream connection)
    {
        _sending = SendAsync(connection);
        Output = new FrameStream(this, CommandChannel.Output);
        Error = new FrameStream(this, CommandChannel.Error);
    }

    public Stream Output { get; }

    public Stream Error { get; }

    public void Exit(int code)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, code);
        Add(CommandChannel.Exit, bytes);
    }

    public void Decline(string reason) => Add(CommandChannel.Declined, Encoding.UTF8.GetBytes(reason));

    public void Fail(string message)
    {
        Add(CommandChannel.Error, Encoding.UTF8.GetBytes(message));
        Exit(1);
    }

    public async ValueTask DisposeAsync()
    {
        _frames.Writer.TryComplete();
        await _sending;
    }

    private void Add(CommandChannel channel, ReadOnlySpan<byte> bytes)
    {
        byte[] frame = new byte[FrameHead + bytes.Length];
        frame[0] = (byte)channel;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame.AsSpan(FrameHead));
        if (!_frames.Writer.TryWrite(frame) && !_sending.IsCompleted)
        {
            // Full: a command that writes without waiting waits here, as at a full pipe.
            try
            {
                _frames.Writer.WriteAsync(frame).AsTask().GetAwaiter().GetResult();
            }
            catch (ChannelClosedException)
            {
                // The client has gone.
            }
        }
    }

    private async Task SendAsync(Stream connection)
    {
        try
        {
            await foreach (byte[] frame in _frames.Reader.ReadAllAsync())
            {
                await connection.WriteAsync(frame);
                if (!_frames.Reader.TryPeek(out _))
                {
                    await connection.FlushAsync();
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _frames.Writer.TryComplete();
        }
    }

    /// <summary>A stream that is only written to; what else a stream must have, it refuses.</summary>
    private sealed class FrameStream(CommandFrames frames, CommandChannel channel) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!buffer.IsEmpty)
            {
                frames.Add(channel, buffer);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
