using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Api;
using Slipway.Cli.Help;
using Slipway.Cli.Warm;

namespace Slipway.Cli;

/// <summary>
/// The command line: finds the command that the words name, makes that one alone (a tree of all of them would cost each start several milliseconds),
/// parses, runs, and turns every failure into two lines and an exit code.
/// </summary>
public static class CliApp
{
    /// <summary>Lets the server carry out a command, where it can, and returns the exit code; null where we are to do it.</summary>
    public static int? TryRunWarm(string[] args) => WarmClient.TryRun(args);

    public static Task<int> RunAsync(string[] args) => RunAsync(args, CommandWorld.Create(), CancellationToken.None);

    internal static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await DispatchAsync(args, context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await context.Error.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<int> DispatchAsync(string[] args, CommandContext context, CancellationToken cancellationToken)
    {
        switch (args)
        {
            case [] or ["help" or "--help" or "-h" or "-?"]:
                Overview.Write(context.Out);
                return ExitCodes.Success;
            case ["--version" or "-v"]:
                args = ["version", "--client"];
                break;
            case ["help", .. string[] topic]:
                args = [.. topic, "--help"];
                break;
            case ["__complete", .. string[] words]:
                Completion.Write(words, context.Out);
                return ExitCodes.Success;
        }

        if (CommandTable.Find(args) is var (path, command, count))
        {
            return await RunAsync(path, command, args[count..], context, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<CommandEntry> below = CommandTable.Below(args[0]);
        if (below.Count > 0 && (args.Length == 1 || args[1] is "--help" or "-h" or "-?"))
        {
            Overview.WriteGroup(args[0], below, context.Out);
            return args.Length == 1 ? ExitCodes.Usage : ExitCodes.Success;
        }

        string asked = below.Count > 0 ? $"{args[0]} {args[1]}" : args[0];
        string? nearest = Nearest.Of(asked, CommandTable.Entries.Select(static entry => entry.Path));
        await ReportAsync(context, $"there is no command '{asked}'", nearest is null ? "slipway --help lists all commands" : $"did you mean: slipway {nearest}").ConfigureAwait(false);
        return ExitCodes.Usage;
    }

    private static async Task<int> RunAsync(string path, CliCommand command, string[] args, CommandContext context, CancellationToken cancellationToken)
    {
        Option<bool> help = new("--help", "-h", "-?") { Description = "Show this help" };
        command.Add(help);
        ParseResult parsed = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.GetValue(help))
        {
            HelpText.Write(path, command, context.Terminal, context.Out);
            return ExitCodes.Success;
        }

        if (parsed.Errors.Count > 0)
        {
            await ReportAsync(context, parsed.Errors[0].Message.TrimEnd('.'), $"slipway {path} --help").ConfigureAwait(false);
            return command.UsageCode;
        }

        try
        {
            return await command.ExecuteAsync(parsed, context, cancellationToken).ConfigureAwait(false);
        }
        catch (CliException exception)
        {
            await ReportAsync(context, exception.Message, exception.Hint ?? (exception.Usage ? $"slipway {path} --help" : null)).ConfigureAwait(false);
            return exception.Usage ? command.UsageCode : command.FailureCode;
        }
        catch (BodyException exception) when (exception.InnerException is CliException cause)
        {
            await ReportAsync(context, cause.Message, cause.Hint).ConfigureAwait(false);
            return command.FailureCode;
        }
        catch (ApiException exception)
        {
            await ReportAsync(context, exception.Problem.Message, exception.Problem.Hint).ConfigureAwait(false);
            return command.FailureCode;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BodyException)
        {
            if (exception is Linux.LinuxException { Errno: Linux.Errno.EPIPE })
            {
                return command.FailureCode; // Who read our output has gone: nobody is left to tell.
            }

            await ReportAsync(context, exception.Message, null).ConfigureAwait(false);
            return command.FailureCode;
        }
    }

    private static async Task ReportAsync(CommandContext context, string message, string? hint)
    {
        await context.Out.FlushAsync().ConfigureAwait(false);
        await context.Error.WriteLineAsync($"{context.Terminal.ErrorStyle.Red("error:")} {message}").ConfigureAwait(false);
        if (hint is not null)
        {
            await context.Error.WriteLineAsync($"{context.Terminal.ErrorStyle.Bold("hint:")} {hint}").ConfigureAwait(false);
        }
    }
}
