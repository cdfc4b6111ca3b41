using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Cli.Output;

namespace Slipway.Cli.Tests.Output;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(512, "512 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(4516, "4.41 KiB")]
    [InlineData(10_240, "10.0 KiB")]
    [InlineData(102_400, "100 KiB")]
    [InlineData(1_048_575, "1.00 MiB")]
    [InlineData(5_368_709_120, "5.00 GiB")]
    [InlineData(long.MaxValue, "8192 PiB")]
    public void Bytes(long bytes, string text) => Assert.Equal(text, Format.Bytes(bytes));

    [Theory]
    [InlineData(-5, "0 ms")]
    [InlineData(35, "35 ms")]
    [InlineData(999.6, "1.0 s")]
    [InlineData(2_400, "2.4 s")]
    [InlineData(59_960, "0 min 59 s")]
    [InlineData(65_000, "1 min 05 s")]
    [InlineData(7_380_000, "2 h 03 min")]
    [InlineData(273_600_000, "3 d 4 h")]
    public void Durations(double milliseconds, string text) => Assert.Equal(text, Format.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData(0.2, "just now")]
    [InlineData(1, "1 second ago")]
    [InlineData(119, "1 minute ago")]
    [InlineData(7_200, "2 hours ago")]
    [InlineData(90_000, "25 hours ago")]
    [InlineData(864_000, "10 days ago")]
    [InlineData(31_536_000, "12 months ago")]
    public void Ages(double seconds, string text) => Assert.Equal(text, Format.Ago(TestWorld.Now.AddSeconds(-seconds), TestWorld.Now));

    [Theory]
    [InlineData("sha256:0123456789abcdef", "0123456789ab")]
    [InlineData("0123456789abcdef", "0123456789ab")]
    [InlineData("abc", "abc")]
    public void Short_ids(string id, string text) => Assert.Equal(text, Format.ShortId(id));

    [Fact]
    public void A_table_aligns_and_shows_what_would_steer_the_terminal()
    {
        Table table = new("NAME", "SIZE", "NOTE");
        table.Add("a", "1 B", "x");
        table.Add("日本", "20 B", "\e[31mred\n");
        Assert.Equal("NAME  SIZE  NOTE\na     1 B   x\n日本  20 B  \\x1b[31mred\\x0a\n", Write(table, null));
    }

    [Fact]
    public void A_table_is_cut_to_the_width_at_its_widest_column()
    {
        Table table = new("ID", "COMMAND");
        table.Add("abc", "a very long command line");
        Assert.Equal("ID   COMMAND\nabc  a very long…\n", Write(table, 17));
    }

    [Fact]
    public void No_line_of_a_table_is_wider_than_the_terminal_where_the_columns_can_give()
    {
        Gen<string[]> row = ArbMap.Default.GeneratorFor<string>().Select(static text => text ?? "").ArrayOf(3);
        Prop.ForAll(row.ListOf().SelectMany(rows => Gen.Choose(30, 120).Select(width => (rows, width))).ToArbitrary(), sample =>
        {
            Table table = new("A", "B", "C");
            foreach (string[] cells in sample.rows)
            {
                table.Add(cells);
            }

            return Write(table, sample.width).Split('\n').All(line => TextLayout.Width(line) <= sample.width);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly10!", 10, "exactly10!")]
    [InlineData("more than ten", 10, "more than…")]
    [InlineData("日本語日本語", 7, "日本語…")]
    public void Text_is_cut_by_columns(string text, int width, string cut) => Assert.Equal(cut, TextLayout.Cut(text, width));

    [Fact]
    public void Text_is_wrapped_at_spaces()
    {
        Assert.Equal(["one two three", "four"], TextLayout.Wrap("one two three four", 14));
        Assert.Equal(["aaaaaaaaaa", "aaaaa"], TextLayout.Wrap(new string('a', 15), 10));
    }

    [Fact]
    public void A_fact_of_several_lines_stands_under_one_name()
    {
        StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Facts facts = new();
        facts.Add("job", "j");
        facts.Add("unset", null);
        facts.Add("error", "first\nsecond \e[1m\n");
        facts.Write(output);
        Assert.Equal("job    j\nerror  first\n       second \\x1b[1m\n", output.ToString());
    }

    [Fact]
    public void Colours_are_there_only_where_they_are_wanted()
    {
        Assert.Equal("x", Style.None.Red("x"));
        Assert.Equal("\e[31mx\e[0m", new Style(true).Red("x"));
    }

    private static string Write(Table table, int? width)
    {
        StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        table.Write(output, width, Style.None);
        return output.ToString();
    }
}
