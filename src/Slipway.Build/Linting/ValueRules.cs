using Slipway.Build.Contexts;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;

namespace Slipway.Build.Linting;

/// <summary>Rules about single values: secrets, ports, paths.</summary>
internal static class ValueRules
{
    public static IEnumerable<Finding> Check(Dockerfile dockerfile, IReadOnlyCollection<string> ignored)
    {
        IEnumerable<Finding> global = dockerfile.GlobalArguments.SelectMany(Secrets);
        return global.Concat(dockerfile.Stages.SelectMany(stage => Stage(stage, ignored)));
    }

    private static IEnumerable<Finding> Stage(Stage stage, IReadOnlyCollection<string> ignored)
    {
        bool hasWorkdir = false;
        foreach (Instruction instruction in stage.Instructions)
        {
            int line = instruction.Span.StartLine;
            if (instruction is WorkdirInstruction { Path: var path })
            {
                if (!hasWorkdir && !path.StartsWith('/') && !path.StartsWith('$') && !path.StartsWith('"'))
                {
                    yield return new("WorkdirRelativePath", line, $"WORKDIR {path} is relative to whatever the base image has");
                }

                hasWorkdir = true;
            }

            foreach (Finding finding in Secrets(instruction).Concat(Ports(instruction)).Concat(Sources(instruction, ignored)))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Secrets(Instruction instruction)
    {
        IEnumerable<string> names = instruction switch
        {
            ArgInstruction arg => arg.Arguments.Select(argument => argument.Name),
            EnvInstruction env => env.Variables.Select(variable => variable.Name),
            _ => [],
        };
        return names.Where(SecretWords.AreIn).Select(name => new Finding(
            "SecretsUsedInArgOrEnv", instruction.Span.StartLine, $"{FormRules.Keyword(instruction)} {name}: a secret there stays in the image; use RUN --mount=type=secret"));
    }

    private static IEnumerable<Finding> Ports(Instruction instruction)
    {
        foreach (string port in instruction is ExposeInstruction expose ? [.. expose.Ports] : Array.Empty<string>())
        {
            string protocol = port.Contains('/', StringComparison.Ordinal) ? port[(port.IndexOf('/', StringComparison.Ordinal) + 1)..] : "";
            if (!LetterCase.IsLower(protocol) && !protocol.Contains('$', StringComparison.Ordinal))
            {
                yield return new("ExposeProtoCasing", instruction.Span.StartLine, $"EXPOSE {port}: the protocol is written in lower case");
            }

            if (port.Contains(':', StringComparison.Ordinal) && !port.Contains('$', StringComparison.Ordinal))
            {
                yield return new("ExposeInvalidFormat", instruction.Span.StartLine, $"EXPOSE {port}: an address or a port of the host has no place here");
            }
        }
    }

    private static IEnumerable<Finding> Sources(Instruction instruction, IReadOnlyCollection<string> ignored)
    {
        if (instruction is not CopyInstruction { From: null } copy)
        {
            yield break;
        }

        foreach (string source in copy.Sources.Where(source => !source.Contains('$', StringComparison.Ordinal) && !GoGlob.IsPattern(source)))
        {
            string path = ImagePath.Clean("/" + source)[1..];
            if (ignored.Any(entry => entry == path || path.StartsWith(entry.TrimEnd('/') + "/", StringComparison.Ordinal)))
            {
                yield return new("CopyIgnoredFile", instruction.Span.StartLine, $"{FormRules.Keyword(instruction)} {source}: .dockerignore leaves it out of the context");
            }
        }
    }
}
