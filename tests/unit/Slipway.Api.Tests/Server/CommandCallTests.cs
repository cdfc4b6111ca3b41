using System.Text;

namespace Slipway.Api.Tests.Server;

public sealed class CommandCallTests
{
    private static readonly CommandCall Call = new()
    {
        Program = new("/usr/bin/slipway", 0x0000_0008_0000_0001, ulong.MaxValue),
        WorkingDirectory = "/home/dörte/my project",
        Arguments = ["build", "-t", "app", "", "日本語 🚢", "."],
        Environment = Encoding.UTF8.GetBytes("A=1\0EMPTY=\0=broken\0none\0EQUALS=a=b\0A=2\0"),
        Seen = [new("/", 1, 2), new("/home/dörte/my project", 3, 4)],
    };

    [Fact]
    public void It_comes_back_as_it_was()
    {
        CommandCall back = CommandCall.Parse(Call.ToBytes());
        Assert.Equal(Call.Program, back.Program);
        Assert.Equal(Call.WorkingDirectory, back.WorkingDirectory);
        Assert.Equal(Call.Arguments, back.Arguments);
        Assert.Equal(Call.Environment, back.Environment);
        Assert.Equal(Call.Seen, back.Seen);
    }

    [Fact]
    public void A_long_one_comes_back_too()
    {
        string word = new('w', 100_000);
        CommandCall back = CommandCall.Parse((Call with { Arguments = [word, word, "x"] }).ToBytes());
        Assert.Equal([word, word, "x"], back.Arguments);
    }

    [Fact]
    public void One_that_is_cut_off_anywhere_or_has_more_bytes_is_refused()
    {
        byte[] whole = Call.ToBytes();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CommandCall.Parse(whole.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => CommandCall.Parse([.. whole, 0]));
    }

    [Fact]
    public void Any_bytes_are_a_call_or_are_refused()
    {
        Random random = new(20261121);
        byte[] whole = Call.ToBytes();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. whole];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                CommandCall.Parse(bytes);
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void Variables_are_read_as_getenv_does()
    {
        Dictionary<string, string> variables = Call.Variables();
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["EMPTY"] = "", ["EQUALS"] = "a=b" }, variables);
    }
}
