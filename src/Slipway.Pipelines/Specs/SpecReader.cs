using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Reads pipeline specifications in Pachyderm's JSON (one object, several one after another, or a list) and in YAML (one or more
/// documents). Field names may be snake_case or lowerCamelCase; numbers and booleans may be texts.
/// </summary>
public static class SpecReader
{
    /// <summary>The specifications of a file in its order, at least one.</summary>
    /// <param name="fileName">Names the file in messages; its extension, where it is .json, .yaml or .yml, decides the language.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: everything that is wrong with the file, each with line, column and field.
    /// </exception>
    public static ImmutableArray<PipelineSpec> Read(string text, string fileName)
    {
        text = text.TrimStart('\uFEFF');
        var faults = new SpecFaults(fileName, text);
        ImmutableArray<SpecNode> documents = SpecDocuments.Read(text, fileName, faults);
        if (documents.IsEmpty && !faults.Any)
        {
            faults.Add(new SpecPosition(1, 1), "", "holds no pipeline specification");
        }

        ImmutableArray<PipelineSpec>.Builder specs = ImmutableArray.CreateBuilder<PipelineSpec>(documents.Length);
        var names = new Dictionary<PipelineName, SpecPosition>();
        foreach (SpecNode document in documents)
        {
            if (PipelineBinder.Bind(document, fileName, faults) is not { } spec)
            {
                continue;
            }

            if (!names.TryAdd(spec.Name, document.At))
            {
                faults.Add(document.At, "pipeline.name", $"'{spec.Name}' is specified twice; the first stands in line {names[spec.Name].Line}");
            }

            specs.Add(spec);
        }

        faults.ThrowIfAny();
        return specs.ToImmutable();
    }
}
