using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds a project's stages to pipelines and builds, and puts each after those whose output it reads.</summary>
internal static class StageBinder
{
    private static readonly string[] InputForms = ["pfs", "atom", "cross", "union", .. UnsupportedFields.OfInput.Keys];

    /// <summary>The stages in an order in which they can be created.</summary>
    public static ImmutableArray<ProjectStage> Bind(SpecNode? node, string project, string fileName, SpecFaults faults)
    {
        switch (node)
        {
            case null:
                return [];
            case SpecMap map:
                var stages = new Dictionary<string, (ProjectStage Stage, SpecPosition At)>(StringComparer.Ordinal);
                foreach (SpecField field in map.Fields)
                {
                    if (BindStage(field, project, fileName, faults) is { } stage && !stages.TryAdd(field.Name, (stage, field.At)))
                    {
                        faults.Add(field.At, $"stages.{field.Name}", "written twice");
                    }
                }

                return InOrder(stages, faults);
            default:
                faults.Add(node.At, "stages", $"expected an object of stages by name, found {FieldMap.Describe(node)}");
                return [];
        }
    }

    private static ProjectStage? BindStage(SpecField field, string project, string fileName, SpecFaults faults)
    {
        string path = $"stages.{field.Name}";
        if (!PipelineName.IsPart(field.Name))
        {
            faults.Add(field.At, path, "is no name: letters, digits, '_', '-' and '.', a letter or digit first, at most 63");
            return null;
        }

        if (FieldMap.Open(field.Value, path, faults) is not { } map)
        {
            return null;
        }

        var warnings = new SpecWarnings(fileName);
        StageBuild? build = BindBuild(map.Take("build"), map.PathOf("build"), faults);
        string? image = ScalarValues.Text(map.Take("image"), map.PathOf("image"), faults);
        if ((build is null) == (image is null))
        {
            faults.Add(field.At, path, image is null ? "needs build: and its folder, or image: and its name" : "needs one of build and image, not both");
        }

        InputSpec? input = BindInput(map.Require("input", "a stage reads at least one repo"), map.PathOf("input"), faults, warnings);
        SpecNode? workers = map.Take("parallelism");
        var spec = new PipelineSpec
        {
            Name = PipelineName.Parse(field.Name),
            Description = ScalarValues.Text(map.Take("description"), map.PathOf("description"), faults) ?? "",
            Transform = TransformBinder.Bind(map, image ?? $"{project}/{field.Name.ToLowerInvariant()}", faults),
            Input = input ?? new UnionInput([]),
            Parallelism = new ParallelismSpec(ScalarValues.Integer(workers, map.PathOf("parallelism"), faults, 1, 10_000) ?? 1, null),
        };
        spec = RunBinder.Bind(map, spec, faults, warnings);
        map.Close(UnsupportedFields.OfPipeline);
        return input is null ? null : new ProjectStage(field.Name, build, spec with { Warnings = warnings.ToImmutable() });
    }

    private static StageBuild? BindBuild(SpecNode? node, string path, SpecFaults faults)
    {
        if (node is null or SpecScalar)
        {
            return ProjectPath.Read(node, path, faults) is { } folder ? new StageBuild(folder, "Dockerfile", [], null) : null;
        }

        if (FieldMap.Open(node, path, faults) is not { } map)
        {
            return null;
        }

        string context = ProjectPath.Read(map.Take("context"), map.PathOf("context"), faults) ?? ".";
        string dockerfile = ProjectPath.Read(map.Take("dockerfile"), map.PathOf("dockerfile"), faults) ?? "Dockerfile";
        ImmutableArray<EnvironmentVariable> arguments = TransformBinder.BindEnvironment(map.Take("args"), map.PathOf("args"), faults);
        string? target = ScalarValues.Text(map.Take("target"), map.PathOf("target"), faults);
        map.Close(UnsupportedFields.None);
        return new StageBuild(context, dockerfile, arguments, target);
    }

    // The short form {repo: glob, repo@branch: glob} is the cross of those repos.
    private static InputSpec? BindInput(SpecNode? node, string path, SpecFaults faults, SpecWarnings warnings)
    {
        bool isShort = node is SpecMap { Fields.Length: > 0 } map && map.Fields.All(f => f.Value is SpecScalar && !InputForms.Contains(f.Name));
        if (!isShort)
        {
            return InputBinder.Bind(node, path, project: null, faults, warnings);
        }

        ImmutableArray<InputSpec>.Builder members = ImmutableArray.CreateBuilder<InputSpec>();
        foreach (SpecField field in ((SpecMap)node!).Fields)
        {
            string fieldPath = $"{path}.{field.Name}";
            (RepoName Repo, BranchName Branch)? source = ScalarValues.Parsed(new SpecScalar(field.At, ScalarKind.Text, field.Name), fieldPath, faults, Source);
            Glob? glob = ScalarValues.ParsedObject(field.Value, fieldPath, faults, Glob.Parse);
            if (source is not { } known || glob is null)
            {
                continue;
            }

            if (known.Repo.Name == "out" || !PipelineName.IsPart(known.Repo.Name) || members.Any(m => ((RepoInput)m).Name == known.Repo.Name))
            {
                faults.Add(field.At, fieldPath, $"'{known.Repo.Name}' cannot be the input's name here; write the long form and give it a \"name\"");
                continue;
            }

            members.Add(new RepoInput { Name = known.Repo.Name, Repo = known.Repo, Branch = known.Branch, Glob = glob });
        }

        return members.Count switch { 0 => null, 1 => members[0], _ => new CrossInput(members.ToImmutable()) };
    }

    private static (RepoName Repo, BranchName Branch) Source(string text)
    {
        string[] parts = text.Split('@');
        return parts.Length <= 2
            ? (RepoName.Parse(parts[0]), parts.Length == 2 ? BranchName.Parse(parts[1]) : BranchName.Master)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not repo or repo@branch");
    }

    private static ImmutableArray<ProjectStage> InOrder(Dictionary<string, (ProjectStage Stage, SpecPosition At)> stages, SpecFaults faults)
    {
        ImmutableArray<ProjectStage>.Builder ordered = ImmutableArray.CreateBuilder<ProjectStage>(stages.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (ordered.Count < stages.Count)
        {
            int before = ordered.Count;
            foreach ((string name, (ProjectStage stage, _)) in stages)
            {
                if (!done.Contains(name) && stage.Pipeline.Input.Leaves().All(leaf => !stages.ContainsKey(leaf.Repo.ToString()) || done.Contains(leaf.Repo.ToString())))
                {
                    done.Add(name);
                    ordered.Add(stage);
                }
            }

            if (ordered.Count == before)
            {
                string[] rest = [.. stages.Keys.Where(name => !done.Contains(name))];
                faults.Add(stages[rest[0]].At, $"stages.{rest[0]}", $"the stages {string.Join(", ", rest)} read one another in a circle, or from one");
                break;
            }
        }

        return ordered.ToImmutable();
    }
}
