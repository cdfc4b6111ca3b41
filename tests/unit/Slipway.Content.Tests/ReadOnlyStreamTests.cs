namespace Slipway.Content.Tests;

/// <summary>What stands on the base of streams that are read once.</summary>
public sealed class ReadOnlyStreamTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Fact]
    public async Task One_that_reads_at_once_is_read_in_every_way()
    {
        Assert.Equal(Bytes, await ReadAsync(new AtOnce()));
        using MemoryStream copied = new();
        new AtOnce().CopyTo(copied);
        Assert.Equal(Bytes, copied.ToArray());
        byte[] buffer = new byte[7];
        AtOnce stream = new();
        Assert.Equal(3, stream.Read(buffer, 2, 3));
        Assert.Equal(2, await stream.ReadAsync(buffer.AsMemory(0, 2), CancellationToken.None));
        Assert.Equal([3, 4, 0, 1, 2, 0, 0], buffer);
        Assert.Equal(5, stream.ReadByte());
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(buffer, stop.Token));
    }

    [Fact]
    public async Task One_that_reads_asynchronously_is_read_so_alone()
    {
        Assert.Equal(Bytes, await ReadAsync(new Later()));
        byte[] buffer = new byte[7];
        using Later stream = new();
        Assert.Equal(7, await stream.ReadAsync(buffer.AsMemory(), CancellationToken.None));
        Assert.Throws<NotSupportedException>(() => stream.Read(buffer, 0, 7));
        Assert.Throws<NotSupportedException>(() => stream.Read(buffer.AsSpan()));
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Write(buffer));
        Assert.Equal((true, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using MemoryStream copied = new();
        await stream.CopyToAsync(copied, 64);
        return copied.ToArray();
    }

    private sealed class AtOnce : ReadOnlyStream
    {
        private readonly MemoryStream _bytes = new(Bytes);

        public override int Read(Span<byte> buffer) => _bytes.Read(buffer);
    }

    private sealed class Later : ReadOnlyStream
    {
        private readonly MemoryStream _bytes = new(Bytes);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return _bytes.Read(buffer.Span);
        }
    }
}
