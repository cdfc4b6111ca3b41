using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Slipway.Data.Diffs.Text;

namespace Slipway.Data.Tests.Diffs;

public sealed class UnifiedTextTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_difference_applied_to_the_old_text_gives_the_new_one_and_is_as_short_as_can_be(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            string[] before = Lines(random, random.Next(30), 6), after = random.Next(4) == 0 ? Lines(random, random.Next(30), 6) : Mutate(random, before);
            string old = Text(before, random), now = Text(after, random);
            ImmutableArray<string> unified = UnifiedText.Compare(Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(now), random.Next(4))!.Value;
            Assert.Equal(now, Apply(old, unified));
            Assert.Equal(old == now, unified.IsEmpty);
            int edits = unified.Count(line => line[0] is '-' or '+');
            Assert.Equal(Shortest(Split(old), Split(now)), edits);
        }
    }

    [Fact]
    public void It_is_what_diff_says()
    {
        string old = string.Concat(Enumerable.Range(0, 40).Select(i => $"line {i}\n"));
        string now = old.Replace("line 3\n", "", StringComparison.Ordinal).Replace("line 20\n", "line 20\nnew\n", StringComparison.Ordinal) + "no end";
        string folder = Directory.CreateTempSubdirectory("slipway-diff-").FullName;
        File.WriteAllText(Path.Combine(folder, "a"), old);
        File.WriteAllText(Path.Combine(folder, "b"), now);
        using Process diff = Process.Start(new ProcessStartInfo("diff", ["-u", "a", "b"]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string said = diff.StandardOutput.ReadToEnd();
        diff.WaitForExit();
        Directory.Delete(folder, recursive: true);
        Assert.Equal(said.Split('\n')[2..^1], UnifiedText.Compare(Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(now), 3)!.Value);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_not_compared_and_very_different_texts_are_one_change()
    {
        Assert.Null(UnifiedText.Compare("a\0b"u8, "a"u8, 3));
        Assert.Null(UnifiedText.Compare([0xFF, 0xFE], "a"u8, 3));
        byte[] one = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"a{i}\n"))), other = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"b{i}\n")));
        Assert.Equal(10_001, UnifiedText.Compare(one, other, 3)!.Value.Length);
    }

    private static string[] Lines(Random random, int count, int words) => [.. Enumerable.Range(0, count).Select(_ => $"w{random.Next(words)}")];

    private static string[] Mutate(Random random, string[] lines)
    {
        List<string> mutated = [.. lines];
        for (int i = random.Next(5); i > 0; i--)
        {
            int at = random.Next(mutated.Count + 1);
            if (random.Next(2) == 0 || at == mutated.Count)
            {
                mutated.Insert(at, $"n{random.Next(3)}");
            }
            else
            {
                mutated.RemoveAt(at);
            }
        }

        return [.. mutated];
    }

    private static string Text(string[] lines, Random random) => string.Join('\n', lines) + (lines.Length > 0 && random.Next(3) > 0 ? "\n" : "");

    private static List<string> Split(string text)
    {
        List<string> lines = [.. text.Split('\n').Select(line => line + "\n")];
        lines[^1] = lines[^1][..^1];
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>By the table of the longest common subsequences.</summary>
    private static int Shortest(List<string> a, List<string> b)
    {
        int[,] common = new int[a.Count + 1, b.Count + 1];
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++)
            {
                common[i, j] = a[i - 1] == b[j - 1] ? common[i - 1, j - 1] + 1 : Math.Max(common[i - 1, j], common[i, j - 1]);
            }
        }

        return a.Count + b.Count - (2 * common[a.Count, b.Count]);
    }

    private static string Apply(string text, ImmutableArray<string> unified)
    {
        List<string> old = Split(text), result = [];
        int at = 0;
        for (int i = 0; i < unified.Length; i++)
        {
            string line = unified[i];
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                string[] range = line.Split(' ')[1][1..].Split(',');
                int start = int.Parse(range[0], System.Globalization.CultureInfo.InvariantCulture) - (range is [_, "0"] ? 0 : 1);
                result.AddRange(old[at..start]);
                at = start;
                continue;
            }

            string whole = line[1..] + (i + 1 < unified.Length && unified[i + 1][0] == '\\' ? "" : "\n");
            if (line[0] is ' ' or '-')
            {
                Assert.Equal(old[at++], whole);
            }

            if (line[0] is ' ' or '+')
            {
                result.Add(whole);
            }
        }

        return string.Concat(result.Concat(old[at..]));
    }
}
