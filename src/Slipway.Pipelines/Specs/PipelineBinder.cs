using System.Collections.Immutable;
using Slipway.Data.Repos;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds one document to a <see cref="PipelineSpec"/>. The parts that a project's stages share stand in <see cref="RunBinder"/>.</summary>
internal static class PipelineBinder
{
    /// <summary>The spec, or null where a fault leaves none.</summary>
    public static PipelineSpec? Bind(SpecNode document, string fileName, SpecFaults faults)
    {
        if (FieldMap.Open(document, "", faults) is not { } map)
        {
            return null;
        }

        PipelineName? name = BindName(map, faults);
        TransformSpec? transform = BindTransform(map, faults);
        var warnings = new SpecWarnings(fileName);
        InputSpec? input = InputBinder.Bind(map.Require("input", "a pipeline reads at least one repo"), "input", name?.Project, faults, warnings);
        var spec = new PipelineSpec
        {
            Name = name ?? default,
            Description = ScalarValues.Text(map.Take("description"), map.PathOf("description"), faults) ?? "",
            Transform = transform ?? new TransformSpec { Image = "" },
            Input = input ?? new UnionInput([]),
            Update = ScalarValues.Boolean(map.Take("update"), "update", faults) ?? false,
            ReprocessNow = ScalarValues.Boolean(map.Take("reprocess"), "reprocess", faults) ?? false,
        };
        spec = RunBinder.Bind(map, spec, faults, warnings);
        map.Close(UnsupportedFields.OfPipeline);
        return name is null || transform is null || input is null ? null : spec with { Warnings = warnings.ToImmutable() };
    }

    private static PipelineName? BindName(FieldMap map, SpecFaults faults)
    {
        SpecNode? node = map.Require("pipeline", "write \"pipeline\": {\"name\": \"…\"}");
        if (FieldMap.Open(node, "pipeline", faults) is not { } pipeline)
        {
            return null;
        }

        PipelineName? name = Part(pipeline, pipeline.Require("name", "every pipeline has a name"), "name", faults) is { } text
            ? PipelineName.Parse(text)
            : null;
        string? project = null;
        if (pipeline.Take("project") is { } projectNode)
        {
            // {"project": {"name": "p"}} is how Pachyderm 2 writes it; {"project": "p"} is accepted too.
            if (projectNode is SpecMap && FieldMap.Open(projectNode, "pipeline.project", faults) is { } nested)
            {
                project = Part(nested, nested.Require("name", "a project has a name"), "name", faults);
                nested.Close(UnsupportedFields.None);
            }
            else
            {
                project = Part(pipeline, projectNode, "project", faults);
            }
        }

        pipeline.Close(UnsupportedFields.None);
        return name is not null && project is not null ? PipelineName.Parse($"{project}/{name}") : name;
    }

    private static TransformSpec? BindTransform(FieldMap map, SpecFaults faults)
    {
        SpecNode? node = map.Require("transform", "it says which image and command run");
        if (FieldMap.Open(node, "transform", faults) is not { } transform)
        {
            return null;
        }

        string? image = ScalarValues.Text(transform.Require("image", "name the image that the command runs in"), "transform.image", faults);
        if (image is not null && (image.Length == 0 || image.Any(char.IsWhiteSpace)))
        {
            faults.Add(transform.At, "transform.image", image.Length == 0 ? "must not be empty" : "an image name has no spaces");
        }

        TransformSpec bound = TransformBinder.Bind(transform, image ?? "", faults);
        transform.Close(UnsupportedFields.OfTransform);
        return image is null ? null : bound;
    }

    private static string? Part(FieldMap map, SpecNode? node, string field, SpecFaults faults)
    {
        string? text = ScalarValues.Text(node, map.PathOf(field), faults);
        if (text is not null && !PipelineName.IsPart(text))
        {
            faults.Add(node!.At, map.PathOf(field), $"{FieldMap.Describe(node)} is no name: letters, digits, '_', '-' and '.', a letter or digit first, at most 63");
            return null;
        }

        return text;
    }
}
