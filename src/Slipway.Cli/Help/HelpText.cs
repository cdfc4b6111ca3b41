using System.CommandLine;
using Slipway.Cli.Output;

namespace Slipway.Cli.Help;

/// <summary>The help of one command: usage, arguments, options, examples.</summary>
internal static class HelpText
{
    private const int MaximumLeft = 34;

    public static void Write(string path, CliCommand command, TerminalView terminal, TextWriter output)
    {
        output.Write($"Usage: slipway {path} [options]");
        foreach (Argument argument in command.Arguments)
        {
            output.Write(' ');
            output.Write(Usage(argument));
        }

        output.WriteLine($"\n\n{command.Description}.");
        if (command.Remarks is not null)
        {
            output.WriteLine($"\n{command.Remarks}");
        }

        int width = Math.Clamp(terminal.Width ?? 100, 60, 140);
        WriteRows("Arguments", command.Arguments.Select(static argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")), width, output);
        WriteRows("Options", command.Options.Where(static option => !option.Hidden).Select(static option => (Left(option), option.Description ?? "")), width, output);
        output.WriteLine(command.Examples.Count == 1 ? "\nExample:" : "\nExamples:");
        foreach (Example example in command.Examples)
        {
            output.WriteLine($"  {example.Line}\n      {example.Meaning}");
        }
    }

    private static string Usage(Argument argument)
    {
        string name = argument.HelpName ?? argument.Name;
        string many = argument.Arity.MaximumNumberOfValues > 1 ? name + "..." : name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{many}]" : many;
    }

    private static string Left(Option option)
    {
        List<string> names = [.. option.Aliases.Where(static alias => alias != "-?"), option.Name];
        names.Sort(static (a, b) => a.Length.CompareTo(b.Length));
        string text = (names[0].Length > 2 ? "    " : "") + string.Join(", ", names);
        return option.ValueType == typeof(bool) ? text : $"{text} {option.HelpName ?? "VALUE"}";
    }

    private static void WriteRows(string title, IEnumerable<(string Left, string Right)> rows, int width, TextWriter output)
    {
        List<(string Left, string Right)> all = [.. rows];
        if (all.Count == 0)
        {
            return;
        }

        output.WriteLine($"\n{title}:");
        int left = Math.Min(MaximumLeft, all.Max(static row => row.Left.Length));
        foreach ((string name, string text) in all)
        {
            output.Write("  " + name.PadRight(left));
            bool first = name.Length <= left;
            if (!first)
            {
                output.WriteLine();
            }

            foreach (string line in TextLayout.Wrap(text, width - left - 4))
            {
                output.WriteLine(first ? "  " + line : new string(' ', left + 4) + line);
                first = false;
            }
        }
    }
}
