using Slipway.Content;

namespace Slipway.Daemon.Hosting;

/// <summary>Takes the options of <c>slipway serve</c> out of its command line: <c>--option VALUE</c> or <c>--option=VALUE</c>.</summary>
internal static class ServeArguments
{
    /// <summary>Takes an option out; null where it is not there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it has no value.</exception>
    public static string? Take(ref string[] args, string option)
    {
        int at = Array.FindIndex(args, argument => argument == option || argument.StartsWith($"{option}=", StringComparison.Ordinal));
        if (at < 0)
        {
            return null;
        }

        bool apart = args[at] == option;
        string? value = apart ? args.ElementAtOrDefault(at + 1) : args[at][(option.Length + 1)..];
        args = [.. args[..at], .. args[Math.Min(args.Length, at + (apart ? 2 : 1))..]];
        return string.IsNullOrEmpty(value) ? throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve {option} needs a value") : value;
    }

    /// <summary>Takes an option out that may be given several times.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one of them has no value.</exception>
    public static List<string> TakeAll(ref string[] args, string option)
    {
        List<string> values = [];
        while (Take(ref args, option) is { } value)
        {
            values.Add(value);
        }

        return values;
    }
}
