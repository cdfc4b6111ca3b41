using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Linting;

/// <summary>Rules about how instructions are written.</summary>
internal static class FormRules
{
    /// <summary>The one rule that is looked at only where the Dockerfile asks for it.</summary>
    public const string Description = "InvalidDefinitionDescription";

    public static IEnumerable<Finding> Check(Dockerfile dockerfile)
    {
        Instruction[] all = [.. dockerfile.GlobalArguments, .. dockerfile.Stages.SelectMany(stage => (Instruction[])[stage.From, .. stage.Instructions])];
        return Casing(all).Concat(all.SelectMany(instruction => One(dockerfile, instruction)));
    }

    // The case that most of the file has is the right one.
    private static IEnumerable<Finding> Casing(Instruction[] all)
    {
        int upper = all.Count(instruction => LetterCase.IsUpper(Keyword(instruction)));
        int lower = all.Count(instruction => LetterCase.IsLower(Keyword(instruction)));
        bool isLower = lower > upper;
        foreach (Instruction instruction in all)
        {
            string word = Keyword(instruction);
            if (!(isLower ? LetterCase.IsLower(word) : LetterCase.IsUpper(word)))
            {
                yield return new("ConsistentInstructionCasing", instruction.Span.StartLine, $"'{word}' is not written as most instructions of the file are ({(isLower ? "lower" : "upper")} case)");
            }
        }
    }

    private static IEnumerable<Finding> One(Dockerfile dockerfile, Instruction instruction)
    {
        int line = instruction.Span.StartLine;
        bool hasHeredoc = instruction is RunInstruction { Heredocs.IsEmpty: false } or CopyInstruction { Heredocs.IsEmpty: false };
        if (!hasHeredoc)
        {
            for (int at = line; at < instruction.Span.EndLine; at++)
            {
                if (dockerfile.Lines[at].Trim().Length == 0)
                {
                    yield return new("NoEmptyContinuation", at + 1, "an empty line stands within a continued instruction; it will be an error");
                }
            }
        }

        if (instruction is MaintainerInstruction)
        {
            yield return new("MaintainerDeprecated", line, "MAINTAINER is deprecated: use LABEL org.opencontainers.image.authors=…");
        }

        if (instruction is EnvInstruction or LabelInstruction && IsLegacy(instruction.Original))
        {
            yield return new("LegacyKeyValueFormat", line, $"{Keyword(instruction)} with a blank between name and value: write name=value");
        }

        string? described = instruction switch
        {
            ArgInstruction { Arguments: [var only] } => only.Name,
            FromInstruction { StageName: { } stage } => stage,
            _ => null,
        };
        if (described is not null && line >= 2 && dockerfile.Lines[line - 2].TrimStart() is ['#', .. var comment]
            && !comment.Contains('=', StringComparison.Ordinal) && !comment.TrimStart().StartsWith(described + " ", StringComparison.Ordinal))
        {
            yield return new(Description, line, $"the comment above does not describe '{described}': write '# {described} …', or leave a line between");
        }
    }

    private static bool IsLegacy(string original)
    {
        string[] words = original.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 2 && !words[1].Contains('=', StringComparison.Ordinal);
    }

    public static string Keyword(Instruction instruction) => instruction.Original.Split((char[]?)null, 2)[0];
}
