using System.Collections.Immutable;

namespace Slipway.Build.Dockerfiles;

/// <summary>Reads a Dockerfile into its stages, collecting every fault instead of stopping at the first.</summary>
public static class DockerfileReader
{
    /// <summary>Never throws for what the text holds: faults are values.</summary>
    public static DockerfileResult Read(string text, string name)
    {
        ImmutableArray<string> lines = SplitLines(text);
        List<Diagnostic> faults = [];
        LineScanner scanner = new(lines, faults);
        List<Instruction> instructions = [];
        foreach (LogicalLine line in scanner.Scan())
        {
            try
            {
                instructions.Add(InstructionReader.Read(line, scanner.Escape));
            }
            catch (DockerfileSyntaxException fault)
            {
                faults.Add(new(line.Span, fault.Message, fault.Hint));
            }
        }

        (ImmutableArray<ArgInstruction> global, ImmutableArray<Stage> stages) = StagesOf(instructions, faults);
        if (faults.Count == 0 && stages.IsEmpty)
        {
            faults.Add(new(new(1, 1), "the Dockerfile has no FROM", "begin it with: FROM image"));
        }

        return faults.Count == 0
            ? new(new(name, lines, scanner.Escape, global, stages), lines, [])
            : new(null, lines, [.. faults.OrderBy(fault => fault.Span.StartLine)]);
    }

    /// <summary>Reads one instruction that stands elsewhere: an image's ONBUILD trigger.</summary>
    internal static Instruction ReadTrigger(string text)
    {
        List<Diagnostic> faults = [];
        LogicalLine? line = new LineScanner(SplitLines(text), faults).Scan().FirstOrDefault();
        return line is null || faults.Count > 0
            ? throw new DockerfileSyntaxException($"the base image's trigger 'ONBUILD {text}' is not an instruction")
            : InstructionReader.Read(line, '\\');
    }

    private static ImmutableArray<string> SplitLines(string text)
    {
        string[] lines = text.TrimStart('\uFEFF').Split('\n');
        return [.. (lines[^1].Length == 0 ? lines[..^1] : lines).Select(line => line.TrimEnd('\r'))];
    }

    private static (ImmutableArray<ArgInstruction> Global, ImmutableArray<Stage> Stages) StagesOf(List<Instruction> instructions, List<Diagnostic> faults)
    {
        ImmutableArray<ArgInstruction>.Builder global = ImmutableArray.CreateBuilder<ArgInstruction>();
        ImmutableArray<Stage>.Builder stages = ImmutableArray.CreateBuilder<Stage>();
        bool reported = false;
        foreach (Instruction instruction in instructions)
        {
            if (instruction is FromInstruction from)
            {
                stages.Add(new(stages.Count, from, []));
            }
            else if (stages.Count > 0)
            {
                stages[^1] = stages[^1] with { Instructions = stages[^1].Instructions.Add(instruction) };
            }
            else if (instruction is ArgInstruction arg)
            {
                global.Add(arg);
            }
            else if (!reported && faults.Count == 0)
            {
                reported = true;
                faults.Add(new(instruction.Span, "only ARG may stand before the first FROM"));
            }
        }

        return (global.ToImmutable(), stages.ToImmutable());
    }
}
