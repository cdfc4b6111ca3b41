using System.Text;
using Slipway.Build.Running;

namespace Slipway.Build.Tests.Running;

public sealed class LinePiecesTests
{
    [Fact]
    public void A_line_is_not_cut_where_a_piece_ends()
    {
        LinePieces pieces = new();
        Assert.Equal("one\n", pieces.Take("one\ntw"u8));
        Assert.Equal("two\n", pieces.Take("o\n"u8));
        Assert.Equal("", pieces.Finish());
    }

    [Fact]
    public void A_prompt_comes_at_once_and_a_last_line_without_an_end_at_the_end()
    {
        LinePieces pieces = new();
        Assert.Equal("Continue? ", pieces.Take("Continue? "u8));
        Assert.Equal("yes\n", pieces.Take("yes\nbye"u8));
        Assert.Equal("bye", pieces.Finish());
        Assert.Equal("", pieces.Finish());
    }

    [Fact]
    public void Whatever_the_pieces_the_text_is_whole_and_lines_end_where_they_end()
    {
        Random random = new(4);
        for (int round = 0; round < 500; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => random.Next(6) switch { 0 => "\n", 1 => "ä", 2 => "🚢", _ => "x" }));
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            LinePieces pieces = new();
            StringBuilder all = new();
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(random.Next(1, 40), bytes.Length - at);
                string taken = pieces.Take(bytes.AsSpan(at, length));
                Assert.True(!taken.Contains('\n', StringComparison.Ordinal) || taken.EndsWith('\n'), taken);
                all.Append(taken);
                at += length;
            }

            Assert.Equal(text, all.Append(pieces.Finish()).ToString());
        }
    }
}
