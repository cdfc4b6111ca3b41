using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Slipway.Build.Dockerfiles;

/// <summary>Reads one logical line into an <see cref="Instruction"/>; variables stay as written.</summary>
internal static partial class InstructionReader
{
    private static readonly string[] Keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
        "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    /// <exception cref="DockerfileSyntaxException">The line is no instruction.</exception>
    public static Instruction Read(LogicalLine line, char escape)
    {
        string keyword = line.Keyword;
        string rest = line.Rest;
        if (!Keywords.Contains(keyword))
        {
            string? near = NearestWord.Of(keyword, Keywords);
            throw new DockerfileSyntaxException($"unknown instruction '{line.Text[..keyword.Length]}'", near is null ? $"known are {string.Join(" ", Keywords)}" : $"did you mean {near}?");
        }

        if (rest.Length == 0 && keyword is not ("CMD" or "ENTRYPOINT" or "HEALTHCHECK"))
        {
            throw new DockerfileSyntaxException($"{keyword} needs an argument");
        }

        return keyword switch
        {
            "FROM" => From(line, rest, escape),
            "RUN" => Run(line, rest, escape),
            "COPY" or "ADD" => Copy(line, keyword, rest, escape),
            "ARG" => new ArgInstruction(Arguments(rest, escape)) { Span = line.Span, Original = line.Text },
            "ENV" => new EnvInstruction(NameValues(keyword, rest, escape)) { Span = line.Span, Original = line.Text },
            "LABEL" => new LabelInstruction(NameValues(keyword, rest, escape)) { Span = line.Span, Original = line.Text },
            "WORKDIR" => new WorkdirInstruction(rest) { Span = line.Span, Original = line.Text },
            "USER" => new UserInstruction(rest) { Span = line.Span, Original = line.Text },
            "EXPOSE" => new ExposeInstruction([.. rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]) { Span = line.Span, Original = line.Text },
            "CMD" => new CmdInstruction(CommandForms.Read(rest)) { Span = line.Span, Original = line.Text },
            "ENTRYPOINT" => new EntrypointInstruction(CommandForms.Read(rest)) { Span = line.Span, Original = line.Text },
            "SHELL" => Shell(line, rest),
            "VOLUME" => new VolumeInstruction(CommandForms.ListOrWords(rest, escape)) { Span = line.Span, Original = line.Text },
            "STOPSIGNAL" => new StopSignalInstruction(rest) { Span = line.Span, Original = line.Text },
            "HEALTHCHECK" => new HealthcheckInstruction(HealthcheckReader.Read(rest, escape)) { Span = line.Span, Original = line.Text },
            "ONBUILD" => OnBuild(line, rest, escape),
            _ => new MaintainerInstruction(rest) { Span = line.Span, Original = line.Text },
        };
    }

    private static FromInstruction From(LogicalLine line, string rest, char escape)
    {
        InstructionFlags flags = InstructionFlags.Take("FROM", ref rest, escape, ["--platform"]);
        string[] words = rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool named = words.Length == 3 && string.Equals(words[1], "AS", StringComparison.OrdinalIgnoreCase);
        if (words.Length != 1 && !named)
        {
            throw new DockerfileSyntaxException("FROM takes an image, and a stage's name after AS", "write: FROM image [AS name]");
        }

        string? stage = named ? words[2] : null;
        return stage is null || StageName().IsMatch(stage)
            ? new(words[0], flags.Find("--platform"), stage) { Span = line.Span, Original = line.Text }
            : throw new DockerfileSyntaxException($"'{stage}' is not a stage's name", "it begins with a letter and has letters, digits, . _ -");
    }

    private static RunInstruction Run(LogicalLine line, string rest, char escape)
    {
        InstructionFlags flags = InstructionFlags.Take("RUN", ref rest, escape, ["--network", "--mount", "--security"], ["--mount"]);
        string network = flags.Find("--network") ?? "default";
        if (network is not ("default" or "host" or "none"))
        {
            throw new DockerfileSyntaxException($"RUN --network={network} is not a network", "it is default, host or none");
        }

        string security = flags.Find("--security") ?? "sandbox";
        if (security is not ("sandbox" or "insecure"))
        {
            throw new DockerfileSyntaxException($"RUN --security={security} is not a mode", "it is sandbox or insecure");
        }

        ImmutableArray<string> mounts = flags.FindAll("--mount");
        foreach (string mount in mounts.Where(mount => !mount.Contains('$', StringComparison.Ordinal)))
        {
            RunMountReader.Read(mount, value => value);
        }

        return rest.Length > 0
            ? new(CommandForms.Read(rest), line.Heredocs, network) { Span = line.Span, Original = line.Text, Mounts = mounts, IsInsecure = security == "insecure" }
            : throw new DockerfileSyntaxException("RUN needs a command");
    }

    private static CopyInstruction Copy(LogicalLine line, string keyword, string rest, char escape)
    {
        bool add = keyword == "ADD";
        InstructionFlags flags = add
            ? InstructionFlags.Take(keyword, ref rest, escape, ["--chown", "--chmod", "--checksum", "--link", "--keep-git-dir", "--exclude", "--unpack"], ["--exclude"])
            : InstructionFlags.Take(keyword, ref rest, escape, ["--from", "--chown", "--chmod", "--link", "--parents", "--exclude"], ["--exclude"]);
        _ = flags.FindSwitch("--link"); // Checked; a copy that looks at what it stands on serves as well.
        ImmutableArray<string> words = CommandForms.ListOrWords(rest, escape);
        if (words.Length < 2)
        {
            throw new DockerfileSyntaxException($"{keyword} needs at least one source and a destination");
        }

        ImmutableArray<string> sources = [.. words[..^1].Where(word => line.Heredocs.IsEmpty || HeredocMark.TryParse(word, escape) is null)];
        return new(sources, words[^1], line.Heredocs)
        {
            Span = line.Span,
            Original = line.Text,
            IsAdd = add,
            From = flags.Find("--from"),
            Owner = flags.Find("--chown"),
            Mode = flags.Find("--chmod"),
            Checksum = flags.Find("--checksum"),
            Excludes = flags.FindAll("--exclude"),
            KeepsParents = flags.FindSwitch("--parents") ?? false,
            KeepsGitDirectory = flags.FindSwitch("--keep-git-dir") ?? false,
            Unpacks = flags.FindSwitch("--unpack"),
        };
    }

    private static ShellInstruction Shell(LogicalLine line, string rest) => CommandForms.TryReadList(rest) is { IsEmpty: false } shell
        ? new(shell) { Span = line.Span, Original = line.Text }
        : throw new DockerfileSyntaxException("SHELL takes a list", "write: SHELL [\"executable\", \"parameter\"]");

    private static OnBuildInstruction OnBuild(LogicalLine line, string rest, char escape)
    {
        LogicalLine trigger = line with { Text = rest };
        if (trigger.Keyword is "ONBUILD" or "FROM" or "MAINTAINER")
        {
            throw new DockerfileSyntaxException($"ONBUILD {trigger.Keyword} is not allowed");
        }

        Read(trigger, escape);
        string text = rest + string.Concat(line.Heredocs.Select(heredoc => "\n" + heredoc.Content + heredoc.Name));
        return new(text) { Span = line.Span, Original = line.Text };
    }

    // Old form "NAME the rest of the line", or any number of NAME=value.
    private static ImmutableArray<NameValue> NameValues(string keyword, string rest, char escape)
    {
        IReadOnlyList<string> words = WordSplitter.Split(rest, escape);
        if (words.Count == 0)
        {
            throw new DockerfileSyntaxException($"{keyword} needs an argument");
        }

        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            int blank = rest.AsSpan().IndexOfAny(" \t");
            return blank > 0
                ? [new(rest[..blank], rest[(blank + 1)..].Trim())]
                : throw new DockerfileSyntaxException($"{keyword} {rest} has no value", $"write: {keyword} {rest}=value");
        }

        ImmutableArray<NameValue>.Builder values = ImmutableArray.CreateBuilder<NameValue>();
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new DockerfileSyntaxException(
                    equals == 0 ? $"{keyword} has a value without a name: {word}" : $"{keyword}: '{word}' is not of the form name=value",
                    equals == 0 ? null : "quote a value that holds blanks");
            }

            values.Add(new(word[..equals], word[(equals + 1)..]));
        }

        return values.ToImmutable();
    }

    private static ImmutableArray<NameValue> Arguments(string rest, char escape)
    {
        ImmutableArray<NameValue>.Builder arguments = ImmutableArray.CreateBuilder<NameValue>();
        foreach (string word in WordSplitter.Split(rest, escape))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (!VariableName().IsMatch(name))
            {
                throw new DockerfileSyntaxException($"ARG '{name}' is not a name", "it has letters, digits and _ and does not begin with a digit");
            }

            arguments.Add(new(name, equals < 0 ? null : word[(equals + 1)..]));
        }

        return arguments.ToImmutable();
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
