using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds a project's repos and data.</summary>
internal static class ProjectDataBinder
{
    /// <summary>Repos: a list of names, or names with a description each (or an object that has one).</summary>
    public static ImmutableArray<ProjectRepo> Repos(SpecNode? node, SpecFaults faults)
    {
        ImmutableArray<ProjectRepo>.Builder repos = ImmutableArray.CreateBuilder<ProjectRepo>();
        switch (node)
        {
            case null:
                break;
            case SpecList list:
                for (int i = 0; i < list.Items.Length; i++)
                {
                    Add(list.Items[i], $"repos[{i}]", "");
                }

                break;
            case SpecMap map:
                foreach (SpecField field in map.Fields)
                {
                    string path = $"repos.{field.Name}";
                    Add(new SpecScalar(field.At, ScalarKind.Text, field.Name), path, Description(field.Value, path, faults));
                }

                break;
            default:
                faults.Add(node.At, "repos", $"expected names with descriptions, found {FieldMap.Describe(node)}");
                break;
        }

        return repos.ToImmutable();

        void Add(SpecNode nameNode, string path, string description)
        {
            if (ScalarValues.Parsed(nameNode, path, faults, RepoName.Parse) is not { } name)
            {
                return;
            }

            if (repos.Any(repo => repo.Name == name))
            {
                faults.Add(nameNode.At, path, $"the repo '{name}' is written twice");
                return;
            }

            repos.Add(new ProjectRepo(name, description));
        }
    }

    /// <summary>Data: a list of {to, from}, or destinations with a source each.</summary>
    public static ImmutableArray<ProjectData> Data(SpecNode? node, SpecFaults faults)
    {
        ImmutableArray<ProjectData>.Builder data = ImmutableArray.CreateBuilder<ProjectData>();
        switch (node)
        {
            case null:
                break;
            case SpecList list:
                for (int i = 0; i < list.Items.Length; i++)
                {
                    if (FieldMap.Open(list.Items[i], $"data[{i}]", faults) is { } item)
                    {
                        Add(item.Require("to", "name where it goes, such as training@master:/iris.csv"), item.PathOf("to"),
                            item.Require("from", "name the file or folder"), item.PathOf("from"));
                        item.Close(UnsupportedFields.None);
                    }
                }

                break;
            case SpecMap map:
                foreach (SpecField field in map.Fields)
                {
                    Add(new SpecScalar(field.At, ScalarKind.Text, field.Name), $"data.{field.Name}", field.Value, $"data.{field.Name}");
                }

                break;
            default:
                faults.Add(node.At, "data", $"expected a list of {{to, from}}, found {FieldMap.Describe(node)}");
                break;
        }

        return data.ToImmutable();

        void Add(SpecNode? to, string toPath, SpecNode? from, string fromPath)
        {
            (RepoName Repo, BranchName Branch, DataPath Path)? destination = ScalarValues.Parsed(to, toPath, faults, Destination);
            string? source = ProjectPath.Read(from, fromPath, faults);
            if (destination is { } known && source is not null)
            {
                data.Add(new ProjectData(known.Repo, known.Branch, known.Path, source));
            }
        }
    }

    private static (RepoName Repo, BranchName Branch, DataPath Path) Destination(string text)
    {
        CommitReference reference = CommitReference.Parse(text);
        return BranchName.TryParse(reference.Revision, out BranchName branch)
            ? (reference.Repo, branch, reference.Path ?? DataPath.Root)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{reference.Revision}' is not the name of a branch, and data is put on one");
    }

    private static string Description(SpecNode value, string path, SpecFaults faults)
    {
        if (value is SpecScalar)
        {
            return value is SpecScalar { Kind: ScalarKind.Null } ? "" : ScalarValues.Text(value, path, faults, anyScalar: true) ?? "";
        }

        if (FieldMap.Open(value, path, faults) is not { } map)
        {
            return "";
        }

        string description = ScalarValues.Text(map.Take("description"), map.PathOf("description"), faults) ?? "";
        map.Close(UnsupportedFields.None);
        return description;
    }
}
