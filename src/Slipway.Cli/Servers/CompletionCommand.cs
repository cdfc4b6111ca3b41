using System.CommandLine;
using Slipway.Cli.Help;
using Slipway.Cli.Options;

namespace Slipway.Cli.Servers;

internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> shell = Declare.Required("SHELL", "bash, zsh or fish");

    public CompletionCommand()
        : base("completion", "Print a completion script for a shell") => Add(shell);

    public override IReadOnlyList<Example> Examples =>
    [
        new("source <(slipway completion bash)", "Complete in this bash; put the line into ~/.bashrc to keep it"),
        new("slipway completion fish > ~/.config/fish/completions/slipway.fish", "The same for fish"),
    ];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        context.Out.WriteLine(parsed.GetValue(shell) switch
        {
            "bash" => CompletionScripts.Bash,
            "zsh" => CompletionScripts.Zsh,
            "fish" => CompletionScripts.Fish,
            string other => throw new CliException($"there is no script for '{other}'", "choose bash, zsh or fish", usage: true),
            null => throw new CliException("a shell is needed", null, usage: true),
        });
        return Task.FromResult(ExitCodes.Success);
    }
}
