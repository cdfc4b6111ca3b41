using System.Globalization;

namespace Slipway.Build.Dockerfiles;

/// <summary>Reads the value of <c>RUN --mount</c>: fields <c>name=value</c> between commas, one of which may be quoted as in CSV.</summary>
internal static class RunMountReader
{
    private static readonly string[] Names =
    [
        "type", "from", "source", "src", "target", "dst", "destination", "id", "sharing", "required", "readonly", "ro", "readwrite", "rw", "size", "mode", "uid", "gid", "env",
    ];

    /// <summary>What <c>from=</c> names, read without replacing variables; null where there is none.</summary>
    public static string? FromOf(string text) => Fields(text).LastOrDefault(field => field.Name == "from").Value;

    /// <param name="expand">Replaces the variables of one value. Not of <c>from</c>, which takes none.</param>
    /// <exception cref="DockerfileSyntaxException">A field is unknown, or its value or the type does not allow it.</exception>
    public static RunMount Read(string text, Func<string, string> expand)
    {
        List<(string Name, string? Value)> fields = [.. Fields(text).Select(field => (field.Name, field.Value is null || field.Name == "from" ? field.Value : expand(field.Value)))];
        RunMount mount = new(KindOf(fields.LastOrDefault(field => field.Name == "type").Value ?? "bind"));
        mount = mount with { IsReadOnly = mount.Kind == RunMountKind.Bind };
        foreach ((string name, string? value) in fields)
        {
            mount = With(mount, name, value);
        }

        return Check(mount);
    }

    private static RunMountKind KindOf(string type) => type switch
    {
        "bind" => RunMountKind.Bind,
        "cache" => RunMountKind.Cache,
        "tmpfs" => RunMountKind.Tmpfs,
        "secret" => RunMountKind.Secret,
        "ssh" => RunMountKind.Ssh,
        _ => throw new DockerfileSyntaxException($"RUN --mount=type={type} is not a kind of mount", "it is bind, cache, tmpfs, secret or ssh"),
    };

    private static RunMount With(RunMount mount, string name, string? value)
    {
        switch (name)
        {
            case "readonly" or "ro":
                return mount with { IsReadOnly = Switch(name, value) };
            case "readwrite" or "rw":
                return mount with { IsReadOnly = !Switch(name, value) };
            case "required":
                return mount with { IsRequired = Switch(name, value) };
        }

        string text = value ?? throw new DockerfileSyntaxException($"RUN --mount: {name} lacks a value", $"write {name}=value");
        return name switch
        {
            "type" => mount,
            "from" => mount with { From = text },
            "source" or "src" => mount with { Source = text },
            "target" or "dst" or "destination" => mount with { Target = text },
            "id" => mount with { Id = text },
            "env" => mount with { Variable = text },
            "sharing" => mount with { Sharing = SharingOf(text) },
            "size" => mount with { Size = Bytes(text) },
            "mode" => mount with { Mode = Number(name, text, 8) },
            "uid" => mount with { User = Number(name, text, 10) },
            _ => mount with { Group = Number(name, text, 10) },
        };
    }

    private static RunMount Check(RunMount mount)
    {
        if (string.IsNullOrEmpty(mount.Target) && mount.Kind is RunMountKind.Bind or RunMountKind.Cache or RunMountKind.Tmpfs)
        {
            throw new DockerfileSyntaxException($"RUN --mount=type={Name(mount)} lacks its target", "write target=/path");
        }

        string? wrong = mount switch
        {
            { From: not null, Kind: not (RunMountKind.Bind or RunMountKind.Cache) } => "from",
            { Variable: not null, Kind: not RunMountKind.Secret } => "env",
            { Size: not null, Kind: not RunMountKind.Tmpfs } => "size",
            { Sharing: not CacheSharing.Shared, Kind: not RunMountKind.Cache } => "sharing",
            { IsRequired: true, Kind: not (RunMountKind.Secret or RunMountKind.Ssh) } => "required",
            _ => null,
        };
        if (mount is { Kind: RunMountKind.Secret, Id: null, Target: null, Variable: null })
        {
            throw new DockerfileSyntaxException("RUN --mount=type=secret names no secret", "write id=name");
        }

        return wrong is null ? mount : throw new DockerfileSyntaxException($"RUN --mount=type={Name(mount)} has no {wrong}");
    }

    private static string Name(RunMount mount) => mount.Kind.ToString().ToLowerInvariant();

    private static CacheSharing SharingOf(string text) => text.ToLowerInvariant() switch
    {
        "shared" => CacheSharing.Shared,
        "private" => CacheSharing.Private,
        "locked" => CacheSharing.Locked,
        _ => throw new DockerfileSyntaxException($"RUN --mount: sharing={text} is unknown", "it is shared, private or locked"),
    };

    private static bool Switch(string name, string? value) => value switch
    {
        null or "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new DockerfileSyntaxException($"RUN --mount: {name}={value} is neither true nor false"),
    };

    private static int Number(string name, string text, int radix)
    {
        try
        {
            int number = text.Length > 0 && char.IsAsciiDigit(text[0]) ? Convert.ToInt32(text, radix) : -1;
            return number >= 0 && (radix == 10 || number <= 0xFFF) ? number : throw new FormatException();
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new DockerfileSyntaxException($"RUN --mount: {name}={text} is not {(radix == 8 ? "an octal mode" : "a number")}");
        }
    }

    private static long Bytes(string text)
    {
        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        int shift = text[end..].ToLowerInvariant() switch { "" or "b" => 0, "k" or "kb" or "kib" => 10, "m" or "mb" or "mib" => 20, "g" or "gb" or "gib" => 30, _ => -1 };
        return shift >= 0 && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue >> shift
            ? number << shift
            : throw new DockerfileSyntaxException($"RUN --mount: size={text} is not a size", "write for example size=64m");
    }

    private static IEnumerable<(string Name, string? Value)> Fields(string text)
    {
        foreach (string field in CommaList.Split(text))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? field : field[..equals]).Trim().ToLowerInvariant();
            if (!Names.Contains(name))
            {
                string? near = NearestWord.Of(name, Names);
                throw new DockerfileSyntaxException($"RUN --mount has no field '{name}'", near is null ? null : $"did you mean {near}?");
            }

            yield return (name, equals < 0 ? null : field[(equals + 1)..]);
        }
    }
}
