using System.CommandLine;

namespace Slipway.Cli.Options;

/// <summary>Options and arguments in one line each. Values are text; whoever uses one reads it, and says what is wrong with it.</summary>
internal static class Declare
{
    public static Option<bool> Flag(string name, string? shortName, string description) => shortName is null
        ? new Option<bool>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne }
        : new Option<bool>(name, shortName) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> Text(string name, string? shortName, string value, string description) => shortName is null
        ? new Option<string?>(name) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne }
        : new Option<string?>(name, shortName) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne };

    /// <summary>May be given several times.</summary>
    public static Option<string[]?> Texts(string name, string? shortName, string value, string description) => shortName is null
        ? new Option<string[]?>(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore }
        : new Option<string[]?>(name, shortName) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };

    public static Argument<string> Required(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ExactlyOne };

    public static Argument<string?> Optional(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Argument<string[]> Many(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>All words that remain, options or not: a command and its own arguments.</summary>
    public static Argument<string[]> Rest(string name, string description, bool required) => new(name)
    {
        Description = description,
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
        CaptureRemainingTokens = true,
    };

    /// <summary>The -o of every listing.</summary>
    public static Option<string?> Output() => Text("--output", "-o", "FORMAT", "table (default) or json");

    public static Option<bool> Quiet(string what) => Flag("--quiet", "-q", $"Print {what} only");

    /// <summary>Whether the listing is wanted as JSON.</summary>
    public static bool IsJson(string? format) => format switch
    {
        null or "table" => false,
        "json" => true,
        _ => throw new CliException($"there is no output format '{format}'", "use -o table or -o json", usage: true),
    };
}
