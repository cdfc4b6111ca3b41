using Slipway.Content;

namespace Slipway.Daemon.Registry.Access;

/// <summary>Who may use the registry without an access key.</summary>
[Flags]
internal enum AnonymousAccess
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>This machine under its own names: everything.</summary>
    Local = 1,

    /// <summary>Anybody: pull.</summary>
    Pull = 2,
}

/// <summary><c>slipway serve --anonymous none|local|pull|local,pull</c>.</summary>
internal static class AnonymousOption
{
    private const string Option = "--anonymous";

    /// <summary>Takes it out of a command line; <see cref="AnonymousAccess.Local"/> where it is not there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>.</exception>
    public static AnonymousAccess Take(ref string[] args)
    {
        string text = Hosting.ServeArguments.Take(ref args, Option) ?? "local";
        return text == "none" ? AnonymousAccess.None : text.Split(',').Aggregate(AnonymousAccess.None, (all, name) => all | name switch
        {
            "local" => AnonymousAccess.Local,
            "pull" => AnonymousAccess.Pull,
            _ => throw new SlipwayException(
                ErrorKind.InvalidArgument, $"slipway serve {Option} takes none, local (this machine does all) or pull (anybody pulls), or local,pull, not '{text}'"),
        });
    }
}
