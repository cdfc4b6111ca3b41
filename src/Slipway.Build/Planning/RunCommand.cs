using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>What a RUN executes, by its form and its here-documents.</summary>
internal static class RunCommand
{
    private const string ScriptDirectory = "/dev/pipes/";

    /// <summary>
    /// The exec form as it is; the shell form after the shell. One here-document alone is the script: for the shell or, where it begins with
    /// <c>#!</c>, for the program it names. Any other use of here-documents is handed to the shell as it was written.
    /// </summary>
    public static (ImmutableArray<string> Arguments, ScriptFile? Script) Of(RunInstruction run, ImmutableArray<string> shell, char escape)
    {
        if (!run.Command.Shell)
        {
            return run.Command.Arguments.IsEmpty
                ? throw new DockerfileSyntaxException("RUN needs a command")
                : run.Heredocs.IsEmpty ? (run.Command.Arguments, null) : throw new DockerfileSyntaxException("a here-document needs the shell form of RUN");
        }

        string command = run.Command.Arguments[0];
        if (run.Heredocs.IsEmpty)
        {
            return (shell.Add(command), null);
        }

        Heredoc first = run.Heredocs[0];
        if (run.Heredocs.Length > 1 || HeredocMark.TryParse(command, escape) is null)
        {
            return (shell.Add(command + string.Concat(run.Heredocs.Select(heredoc => "\n" + heredoc.Content + heredoc.Name))), null);
        }

        return first.Text.StartsWith("#!", StringComparison.Ordinal)
            ? ([ScriptDirectory + first.Name], new(ScriptDirectory + first.Name, first.Text))
            : (shell.Add(first.Text), null);
    }
}
