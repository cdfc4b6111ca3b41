using System.Text;
using Slipway.Content;
using Slipway.Daemon.Executors;
using Slipway.Engine;

namespace Slipway.Daemon.Tests.Executors;

public sealed class DatumLogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Any_bytes_come_back_as_they_were()
    {
        LogLine[] said =
        [
            new(StreamKind.Stdout, Noon, "a line\n"u8.ToArray()),
            new(StreamKind.Stderr, Noon.AddMilliseconds(7), new byte[] { 0, 10, 255, 49, 32 }),
            new(StreamKind.Stdout, Noon, ReadOnlyMemory<byte>.Empty),
            new(StreamKind.Stdout, Noon, Encoding.UTF8.GetBytes(new string('x', 100_000))),
        ];
        using MemoryStream log = new();
        foreach (LogLine line in said)
        {
            DatumLog.Write(log, line);
        }

        List<LogLine> read = await ReadAsync(log.ToArray());
        Assert.Equal(said.Select(line => (line.Stream, line.Time)), read.Select(line => (line.Stream, line.Time)));
        Assert.All(said.Zip(read), pair => Assert.True(pair.First.Content.Span.SequenceEqual(pair.Second.Content.Span)));
    }

    [Theory]
    [InlineData("no header at all")]
    [InlineData("1 1\n")]
    [InlineData("1 1 -3\n")]
    [InlineData("x 1 0\n")]
    public async Task What_is_no_log_is_called_corrupt(string text)
    {
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    private static async Task<List<LogLine>> ReadAsync(byte[] log)
    {
        List<LogLine> lines = [];
        await foreach (LogLine line in DatumLog.ReadAsync(new MemoryStream(log)))
        {
            lines.Add(line);
        }

        return lines;
    }
}
