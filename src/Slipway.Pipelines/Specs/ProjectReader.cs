using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Reads a project file, <c>slipway.yaml</c>. A stage has the fields of a pipeline specification, those of "transform" directly in it,
/// and <c>build</c> in place of an image where its Dockerfile is in the project.
/// </summary>
public static class ProjectReader
{
    /// <summary>The project of a file.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: everything that is wrong with the file, each with line, column and field.
    /// </exception>
    public static ProjectFile Read(string text, string fileName)
    {
        text = text.TrimStart('\uFEFF');
        var faults = new SpecFaults(fileName, text);
        ImmutableArray<SpecNode> documents = SpecDocuments.Read(text, fileName, faults);
        if (documents.Length != 1 && !faults.Any)
        {
            SpecPosition at = documents.Length > 1 ? documents[1].At : new SpecPosition(1, 1);
            faults.Add(at, "", $"a project file holds one document, found {documents.Length}");
        }

        ProjectFile? project = documents.Length == 1 ? Bind(documents[0], fileName, faults) : null;
        faults.ThrowIfAny();
        return project!;
    }

    private static ProjectFile? Bind(SpecNode document, string fileName, SpecFaults faults)
    {
        if (FieldMap.Open(document, "", faults) is not { } map)
        {
            return null;
        }

        SpecNode? nameNode = map.Take("name") ?? map.Require("project", "write project: and its name");
        string? name = ScalarValues.Text(nameNode, "project", faults);
        if (name is not null && !(PipelineName.IsPart(name) && !name.Any(char.IsAsciiLetterUpper)))
        {
            faults.Add(nameNode!.At, "project", $"{FieldMap.Describe(nameNode)} is no name: lower-case letters, digits, '_', '-' and '.', since images are named after it");
        }

        var project = new ProjectFile
        {
            Name = name ?? "",
            Description = ScalarValues.Text(map.Take("description"), "description", faults) ?? "",
            Repos = ProjectDataBinder.Repos(map.Take("repos"), faults),
            Data = ProjectDataBinder.Data(map.Take("data"), faults),
            Stages = StageBinder.Bind(map.Take("stages"), name ?? "", fileName, faults),
        };
        map.Close(UnsupportedFields.None);
        foreach (ProjectStage stage in project.Stages.Where(s => project.Repos.Any(r => r.Name == s.Pipeline.Name.Repo)))
        {
            faults.Add(map.At, $"repos.{stage.Name}", $"'{stage.Name}' is a stage, whose output repo is made with it; leave it out of repos");
        }

        return project;
    }
}
