using System.IO.Pipelines;
using Slipway.Content;
using Slipway.Daemon.Api;

namespace Slipway.Daemon.Tests.Api;

public sealed class ByteCopyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task Just_so_many_bytes_arrive_however_the_source_gives_them(int length)
    {
        byte[] bytes = new byte[length + 10];
        new Random(length).NextBytes(bytes);
        foreach (int most in (int[])[7_000, 1 << 20, int.MaxValue])
        {
            using MemoryStream target = new();
            await ByteCopy.ExactlyAsync(new Pieces(bytes, most), PipeWriter.Create(target), length, CancellationToken.None);
            Assert.Equal(bytes[..length], target.ToArray());
        }
    }

    [Fact]
    public async Task A_source_that_ends_early_and_a_target_that_fails_are_told()
    {
        SlipwayException early = await Assert.ThrowsAsync<SlipwayException>(() => ByteCopy.ExactlyAsync(new Pieces(new byte[3_000_000], 1 << 20), PipeWriter.Create(new MemoryStream()), 3_000_001, CancellationToken.None));
        Assert.Equal(ErrorKind.Corrupt, early.Kind);
        await Assert.ThrowsAsync<NotSupportedException>(() => ByteCopy.ExactlyAsync(new Pieces(new byte[3_000_000], 1 << 20), PipeWriter.Create(new MemoryStream(new byte[10])), 3_000_000, CancellationToken.None));
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
