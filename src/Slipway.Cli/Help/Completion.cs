using System.CommandLine;

namespace Slipway.Cli.Help;

/// <summary>The words that may come next, one a line; the shells' scripts ask for them.</summary>
internal static class Completion
{
    /// <param name="words">The words after "slipway"; the last is what is being typed (it may be empty).</param>
    public static void Write(string[] words, TextWriter output)
    {
        string current = words.Length == 0 ? "" : words[^1];
        string[] before = words.Length == 0 ? [] : words[..^1];
        SortedSet<string> found = new(StringComparer.Ordinal);
        if (before.Length > 0 && CommandTable.Find(before) is var (_, command, _))
        {
            foreach (Option option in command.Options)
            {
                found.Add(option.Name);
            }

            found.Add("--help");
        }
        else
        {
            foreach (CommandEntry candidate in CommandTable.Entries)
            {
                string[] path = candidate.Path.Split(' ');
                if (before.Length < path.Length && path.AsSpan(0, before.Length).SequenceEqual(before))
                {
                    found.Add(path[before.Length]);
                }
            }
        }

        foreach (string word in found)
        {
            if (word.StartsWith(current, StringComparison.Ordinal))
            {
                output.WriteLine(word);
            }
        }
    }
}
