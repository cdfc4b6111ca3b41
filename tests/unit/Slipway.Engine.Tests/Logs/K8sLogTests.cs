using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Logs;

public sealed class K8sLogTests
{
    private const string Time = "2026-11-21T02:03:04.123456700+00:00";

    [Fact]
    public void A_full_line_is_one_line_with_its_newline()
    {
        LogLine line = Assert.Single(Read($"{Time} stdout F hello world"));
        Assert.Equal("hello world\n", Text(line));
        Assert.Equal(StreamKind.Stdout, line.Stream);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 2, 3, 4, TimeSpan.Zero).AddTicks(1234567), line.Time);
    }

    [Fact]
    public void Pieces_are_joined_stream_by_stream()
    {
        List<LogLine> lines = Read($"{Time} stdout P one ", $"{Time} stderr P bad", $"{Time} stdout F two", $"{Time} stderr F  news");
        Assert.Equal(["one two\n", "bad news\n"], lines.Select(Text));
        Assert.Equal([StreamKind.Stdout, StreamKind.Stderr], lines.Select(line => line.Stream));
    }

    [Fact]
    public void A_last_piece_has_no_newline() => Assert.Equal("prompt> ", Text(Assert.Single(Read($"{Time} stdout P prompt> "))));

    [Fact]
    public void An_empty_line_is_a_newline() => Assert.Equal("\n", Text(Assert.Single(Read($"{Time} stdout F "))));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("yesterday stdout F text")]
    [InlineData("2026-11-21T02:03:04+00:00 stdout X text")]
    public void What_is_no_log_line_is_passed_over(string line) => Assert.Empty(Read(line));

    [Fact]
    public void A_line_without_an_end_comes_in_bounded_pieces()
    {
        K8sLog log = new();
        byte[] piece = Encoding.ASCII.GetBytes($"{Time} stdout P {new string('x', 8000)}");
        int given = 0;
        for (int i = 0; i < 400; i++)
        {
            given += log.Add(piece)?.Content.Length ?? 0;
        }

        Assert.InRange(given, K8sLog.MaximumLine, 400 * 8000);
        Assert.Equal(400 * 8000, given + log.Finish().Sum(line => line.Content.Length));
    }

    [Fact]
    public void Whatever_a_process_wrote_comes_back_however_it_was_cut() =>
        Prop.ForAll(
            Gen.Choose(0, 3).Select(n => "ab \n"[n]).ListOf().Select(list => string.Concat(list)).ToArbitrary(),
            ArbMap.Default.ArbFor<byte[]>(),
            (text, cuts) =>
            {
                IEnumerable<string> file = Cut(text, cuts);
                Assert.Equal(text, string.Concat(Read([.. file]).Select(Text)));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_our_own_writer_writes_comes_back() =>
        Prop.ForAll(
            Gen.Choose(0, 4).Select(n => "ab \nä"[n]).ListOf().Select(list => string.Concat(list)).ToArbitrary(),
            ArbMap.Default.ArbFor<byte[]>(),
            (text, cuts) =>
            {
                string path = Path.GetTempFileName();
                try
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    using (K8sLogWriter writer = new(path, TimeProvider.System))
                    {
                        int next = 0;
                        for (int at = 0; at < bytes.Length;)
                        {
                            int length = cuts.Length == 0 ? bytes.Length : Math.Clamp(cuts[next++ % cuts.Length] % 8, 1, bytes.Length - at);
                            writer.Write(StreamKind.Stderr, bytes.AsSpan(at, length));
                            at += length;
                        }
                    }

                    K8sLog log = new();
                    List<LogLine> lines = [.. SplitLines(File.ReadAllBytes(path)).Select(line => log.Add(line)).OfType<LogLine>(), .. log.Finish()];
                    Assert.Equal(bytes, lines.SelectMany(static line => line.Content.ToArray()));
                    Assert.All(lines, static line => Assert.Equal(StreamKind.Stderr, line.Stream));
                }
                finally
                {
                    File.Delete(path);
                }
            }).QuickCheckThrowOnFailure();

    private static IEnumerable<byte[]> SplitLines(byte[] bytes)
    {
        for (int start = 0, end; start < bytes.Length && (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
        {
            yield return bytes[start..end];
        }
    }

    /// <summary>What conmon writes of a text that it reads in pieces of these lengths.</summary>
    private static IEnumerable<string> Cut(string text, byte[] lengths)
    {
        int next = 0;
        while (text.Length > 0)
        {
            int length = lengths.Length == 0 ? text.Length : Math.Clamp(lengths[next++ % lengths.Length] % 8, 1, text.Length);
            string read = text[..length];
            text = text[length..];
            while (read.Length > 0)
            {
                int end = read.IndexOf('\n', StringComparison.Ordinal);
                yield return end < 0 ? $"{Time} stdout P {read}" : $"{Time} stdout F {read[..end]}";
                read = end < 0 ? "" : read[(end + 1)..];
            }
        }
    }

    private static List<LogLine> Read(params string[] lines)
    {
        K8sLog log = new();
        return [.. lines.Select(line => log.Add(Encoding.UTF8.GetBytes(line))).OfType<LogLine>(), .. log.Finish()];
    }

    private static string Text(LogLine line) => Encoding.UTF8.GetString(line.Content.Span);
}
