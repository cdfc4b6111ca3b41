using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Linting;

/// <summary>Rules about stages: their names, platforms, and what stands once in each.</summary>
internal static class StageRules
{
    private static readonly string[] Reserved = ["scratch", "context"];

    public static IEnumerable<Finding> Check(Dockerfile dockerfile)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (Stage stage in dockerfile.Stages)
        {
            foreach (Finding finding in Name(stage, names).Concat(Platform(stage)).Concat(Commands(stage)))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Name(Stage stage, HashSet<string> names)
    {
        int line = stage.From.Span.StartLine;
        if (stage.From.StageName is not { } name)
        {
            yield break;
        }

        if (!LetterCase.IsLower(name))
        {
            yield return new("StageNameCasing", line, $"the stage's name '{name}' is not in lower case");
        }

        if (!names.Add(name))
        {
            yield return new("DuplicateStageName", line, $"another stage is named '{name}' too");
        }

        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            yield return new("ReservedStageName", line, $"'{name}' is a reserved name, and no stage should have it");
        }

        string[] words = stage.From.Original.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string from = words[0], word = words[^2];
        if (LetterCase.IsUpper(from) != LetterCase.IsUpper(word))
        {
            yield return new("FromAsCasing", line, $"'{word}' and '{from}' are not written in the same case");
        }
    }

    private static IEnumerable<Finding> Platform(Stage stage)
    {
        int line = stage.From.Span.StartLine;
        if (stage.From.Platform is not { } platform)
        {
            yield break;
        }

        if (platform is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            yield return new("RedundantTargetPlatform", line, "--platform=$TARGETPLATFORM is what FROM does without it");
        }
        else if (!platform.Contains('$', StringComparison.Ordinal) && !platform.Split('/').Any(part => stage.From.StageName?.Contains(part, StringComparison.OrdinalIgnoreCase) == true))
        {
            yield return new("FromPlatformFlagConstDisallowed", line, $"--platform={platform} is a constant: the stage cannot be built for another platform");
        }
    }

    private static IEnumerable<Finding> Commands(Stage stage)
    {
        bool hasShell = false;
        Instruction? command = null, entrypoint = null, healthcheck = null;
        foreach (Instruction instruction in stage.Instructions)
        {
            int line = instruction.Span.StartLine;
            Instruction? before = instruction switch
            {
                CmdInstruction => Replace(ref command, instruction),
                EntrypointInstruction => Replace(ref entrypoint, instruction),
                HealthcheckInstruction => Replace(ref healthcheck, instruction),
                _ => null,
            };
            hasShell |= instruction is ShellInstruction;
            if (before is not null)
            {
                yield return new("MultipleInstructionsDisallowed", before.Span.StartLine, $"a later {FormRules.Keyword(instruction)} of the stage (line {line}) replaces this one");
            }

            if (!hasShell && instruction is CmdInstruction { Command: { Shell: true, Arguments.IsEmpty: false } } or EntrypointInstruction { Command: { Shell: true, Arguments.IsEmpty: false } } && !hasShell)
            {
                yield return new("JSONArgsRecommended", line, $"{FormRules.Keyword(instruction)} in shell form does not get signals: write a JSON list, or set SHELL if you mean it");
            }
        }
    }

    private static Instruction? Replace(ref Instruction? held, Instruction by)
    {
        Instruction? before = held;
        held = by;
        return before;
    }
}
