using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Images;

namespace Slipway.Build.Linting;

/// <summary>Rules about base images, and variables that nobody has set.</summary>
internal static class VariableRules
{
    private static readonly string[] Predefined =
    [
        "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "TARGETSTAGE",
    ];

    public static IEnumerable<Finding> Check(Dockerfile dockerfile, Func<string, ImageConfig?> baseOf)
    {
        List<Finding> findings = [];
        Dictionary<string, string?> global = new(StringComparer.Ordinal);
        foreach (NameValue argument in dockerfile.GlobalArguments.SelectMany(instruction => instruction.Arguments))
        {
            global[argument.Name] = argument.Value;
        }

        Dictionary<string, HashSet<string>?> known = new(StringComparer.OrdinalIgnoreCase);
        WordExpander expander = new(dockerfile.Escape);
        foreach (Stage stage in dockerfile.Stages)
        {
            From(stage.From, global, expander, findings);
            string image = Used(stage.From.Image, expander, name => global.GetValueOrDefault(name)).Text;
            ImageConfig? config = image == "scratch" || known.ContainsKey(image) ? null : baseOf(image);
            if (config is not null && stage.From.Platform is null && config.Architecture != ImageConfig.HostArchitecture)
            {
                findings.Add(new("InvalidBaseImagePlatform", stage.From.Span.StartLine, $"FROM {stage.From.Image}: the image is for linux/{config.Architecture}, the build for linux/{ImageConfig.HostArchitecture}"));
            }

            HashSet<string>? names = NamesOf(image, config, known);
            Instructions(stage, names, expander, findings);
            known[stage.DisplayName] = names;
        }

        return findings;
    }

    private static void From(FromInstruction from, Dictionary<string, string?> global, WordExpander expander, List<Finding> findings)
    {
        int line = from.Span.StartLine;
        foreach (string text in (string[])[from.Image, from.Platform ?? ""])
        {
            foreach (string name in Used(text, expander, name => global.ContainsKey(name) || Predefined.Contains(name) ? "x" : null).Missing)
            {
                findings.Add(new("UndefinedArgInFrom", line, $"FROM {text}: no ARG before the first FROM declares '{name}'{Near(name, global.Keys.Concat(Predefined))}"));
            }
        }

        string image = Used(from.Image, expander, name => global.GetValueOrDefault(name)).Text;
        if (from.Image.Contains('$', StringComparison.Ordinal) && (image.Length == 0 || image.EndsWith(':') || image.EndsWith('@') || image.StartsWith(':')))
        {
            findings.Add(new("InvalidDefaultArgInFrom", line, $"FROM {from.Image}: with the defaults of its ARGs this names no image ('{image}')"));
        }
    }

    // Null where the base image is not known: then any name may be set.
    private static HashSet<string>? NamesOf(string image, ImageConfig? config, Dictionary<string, HashSet<string>?> known) =>
        image == "scratch" ? ["PATH"]
        : known.TryGetValue(image, out HashSet<string>? earlier) ? earlier is null ? null : [.. earlier]
        : config is not null ? ["PATH", .. config.Env.Select(entry => entry.Split('=')[0])] : null;

    private static void Instructions(Stage stage, HashSet<string>? names, WordExpander expander, List<Finding> findings)
    {
        HashSet<string> arguments = [.. GlobalScope.Proxies];
        foreach (Instruction instruction in stage.Instructions)
        {
            if (names is not null)
            {
                foreach (string name in Texts(instruction).SelectMany(text => Used(text, expander, name => names.Contains(name) || arguments.Contains(name) ? "x" : null).Missing).Distinct())
                {
                    findings.Add(new("UndefinedVar", instruction.Span.StartLine, $"no ARG or ENV sets '${name}'{Near(name, names.Concat(arguments))}"));
                }
            }

            arguments.UnionWith(instruction is ArgInstruction arg ? arg.Arguments.Select(argument => argument.Name) : []);
            names?.UnionWith(instruction is EnvInstruction env ? env.Variables.Select(variable => variable.Name) : []);
        }
    }

    private static IEnumerable<string> Texts(Instruction instruction) => instruction switch
    {
        CopyInstruction copy => [.. copy.Sources, copy.Destination],
        EnvInstruction env => env.Variables.Select(variable => variable.Value ?? ""),
        LabelInstruction label => label.Labels.Select(entry => entry.Value ?? ""),
        ArgInstruction arg => arg.Arguments.Select(argument => argument.Value ?? ""),
        WorkdirInstruction workdir => [workdir.Path],
        UserInstruction user => [user.User],
        VolumeInstruction volume => volume.Paths,
        ExposeInstruction expose => expose.Ports,
        StopSignalInstruction signal => [signal.Signal],
        _ => [],
    };

    private static (string Text, IReadOnlyList<string> Missing) Used(string text, WordExpander expander, Func<string, string?> lookup)
    {
        List<string> missing = [];
        try
        {
            string expanded = expander.ExpandWord(text, name =>
            {
                string? value = lookup(name);
                if (value is null && !text.Contains("${" + name + ":", StringComparison.Ordinal) && !text.Contains("${" + name + "-", StringComparison.Ordinal) && !text.Contains("${" + name + "+", StringComparison.Ordinal))
                {
                    missing.Add(name);
                }

                return value;
            });
            return (expanded, missing);
        }
        catch (DockerfileSyntaxException)
        {
            // The build says what is wrong with it.
            return (text, []);
        }
    }

    private static string Near(string name, IEnumerable<string> known) => NearestWord.Of(name, [.. known]) is { } near ? $"; did you mean {near}?" : "";
}
