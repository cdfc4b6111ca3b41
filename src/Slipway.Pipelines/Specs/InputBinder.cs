using System.Collections.Immutable;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds <c>input</c>: pfs (or atom, its old name), cross and union, nested.</summary>
internal static class InputBinder
{
    /// <summary>The input, or null after a fault.</summary>
    /// <param name="project">The pipeline's project, which an input's repo is in where it names none.</param>
    public static InputSpec? Bind(SpecNode? node, string path, string? project, SpecFaults faults, SpecWarnings warnings)
    {
        InputSpec? input = BindAny(node, path, project, faults, warnings);
        if (input is not null)
        {
            NamesSeenTogether(input, node!.At, path, faults);
        }

        return input;
    }

    private static InputSpec? BindAny(SpecNode? node, string path, string? project, SpecFaults faults, SpecWarnings warnings)
    {
        if (FieldMap.Open(node, path, faults) is not { } map)
        {
            return null;
        }

        (string Field, SpecNode? Value)[] given =
        [
            .. new[] { "pfs", "atom", "cross", "union" }.Select(field => (Field: field, Value: map.Take(field))).Where(f => f.Value is not null),
        ];
        map.Close(UnsupportedFields.OfInput);
        if (given.Length != 1)
        {
            string found = given.Length == 0 ? "none of them" : string.Join(" and ", given.Select(g => g.Field));
            faults.Add(map.At, path, $"needs exactly one of pfs, cross and union, found {found}");
            return null;
        }

        (string name, SpecNode? value) = given[0];
        return name is "pfs" or "atom"
            ? BindRepo(value, $"{path}.{name}", project, faults, warnings)
            : BindMembers(value!, $"{path}.{name}", project, faults, warnings, name == "cross");
    }

    private static InputSpec? BindMembers(SpecNode value, string path, string? project, SpecFaults faults, SpecWarnings warnings, bool cross)
    {
        if (value is not SpecList { Items.Length: > 0 } list)
        {
            faults.Add(value.At, path, value is SpecList ? "needs at least one input" : $"expected a list of inputs, found {FieldMap.Describe(value)}");
            return null;
        }

        InputSpec?[] members = [.. list.Items.Select((item, i) => BindAny(item, $"{path}[{i}]", project, faults, warnings))];
        if (members.Any(member => member is null))
        {
            return null;
        }

        return cross ? new CrossInput([.. members.OfType<InputSpec>()]) : new UnionInput([.. members.OfType<InputSpec>()]);
    }

    private static RepoInput? BindRepo(SpecNode? node, string path, string? project, SpecFaults faults, SpecWarnings warnings)
    {
        if (FieldMap.Open(node, path, faults) is not { } map)
        {
            return null;
        }

        string? ownProject = ScalarValues.Text(map.Take("project"), map.PathOf("project"), faults);
        SpecNode? repoNode = map.Require("repo", "name the repo to read");
        RepoName? repo = ScalarValues.Parsed(repoNode, map.PathOf("repo"), faults, text => Repo(text, ownProject ?? project));
        SpecNode? branchNode = map.Take("branch");
        BranchName? branch = branchNode is null
            ? BranchName.Parse("master")
            : ScalarValues.Parsed(branchNode, map.PathOf("branch"), faults, BranchName.Parse);
        Glob? glob = ScalarValues.ParsedObject(
            map.Require("glob", "write \"/\" for one datum, \"/*\" for one a top-level entry"), map.PathOf("glob"), faults, Glob.Parse);
        SpecNode? nameNode = map.Take("name");
        string? name = nameNode is null ? repo?.ToString().Split('/')[^1] : ScalarValues.Text(nameNode, map.PathOf("name"), faults);
        if (name is not null && (!PipelineName.IsPart(name) || name == "out"))
        {
            string why = name == "out" ? "'out' is where the stage writes; choose another name" : "is no name: letters, digits, '_', '-' and '.', a letter or digit first";
            faults.Add((nameNode ?? repoNode ?? node!).At, map.PathOf("name"), why);
        }

        bool emptyFiles = ScalarValues.Boolean(map.Take("empty_files"), map.PathOf("empty_files"), faults) ?? false;
        SpecNode? lazy = map.Take("lazy");
        if (ScalarValues.Boolean(lazy, map.PathOf("lazy"), faults) == true)
        {
            warnings.Add(lazy!.At, map.PathOf("lazy"), "has no effect: files are linked into a datum, never copied");
        }

        map.Close(UnsupportedFields.OfRepoInput);
        return repo is null || branch is null || glob is null || name is null
            ? null
            : new RepoInput { Name = name, Repo = repo.Value, Branch = branch.Value, Glob = glob, EmptyFiles = emptyFiles };
    }

    private static RepoName Repo(string text, string? project) =>
        RepoName.Parse(text.Contains('/', StringComparison.Ordinal) || project is null or "default" ? text : $"{project}/{text}");

    // The inputs of one datum stand side by side under /pfs, so their names differ. Members of a union are never seen together.
    private static HashSet<string> NamesSeenTogether(InputSpec input, SpecPosition at, string path, SpecFaults faults)
    {
        switch (input)
        {
            case RepoInput repo:
                return [repo.Name];
            case UnionInput union:
                return [.. union.Members.SelectMany((member, i) => NamesSeenTogether(member, at, $"{path}.union[{i}]", faults))];
            case CrossInput cross:
                var names = new HashSet<string>(StringComparer.Ordinal);
                for (int i = 0; i < cross.Members.Length; i++)
                {
                    foreach (string name in NamesSeenTogether(cross.Members[i], at, $"{path}.cross[{i}]", faults))
                    {
                        if (!names.Add(name))
                        {
                            faults.Add(at, $"{path}.cross[{i}]", $"the input name '{name}' is used twice in one cross; give one of them another \"name\"");
                        }
                    }
                }

                return names;
            default:
                return [];
        }
    }
}
