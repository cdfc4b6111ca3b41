using System.Collections.Immutable;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds what runs: command, stdin, environment, user. The same fields stand in "transform" and in a project's stage.</summary>
internal static class TransformBinder
{
    /// <summary>The transform; fields that are wrong are left at their default, with a fault.</summary>
    public static TransformSpec Bind(FieldMap map, string image, SpecFaults faults)
    {
        var transform = new TransformSpec
        {
            Image = image,
            Command = Command(map, "cmd", faults),
            Stdin = ScalarValues.Texts(map.Take("stdin"), map.PathOf("stdin"), faults, splitLines: true),
            Environment = BindEnvironment(map.Take("env"), map.PathOf("env"), faults),
            User = ScalarValues.Text(map.Take("user"), map.PathOf("user"), faults) is { Length: > 0 } user ? user : null,
            WorkingDirectory = WorkingDirectory(map, faults),
            AcceptReturnCodes = AcceptedCodes(map.Take("accept_return_code"), map.PathOf("accept_return_code"), faults),
            ErrorCommand = Command(map, "err_cmd", faults),
        };
        SpecNode? errorStdin = map.Take("err_stdin");
        if (errorStdin is not null && transform.ErrorCommand.IsEmpty)
        {
            faults.Add(errorStdin.At, map.PathOf("err_stdin"), "needs err_cmd, whose input it is");
        }

        return transform with { ErrorStdin = ScalarValues.Texts(errorStdin, map.PathOf("err_stdin"), faults, splitLines: true) };
    }

    private static ImmutableArray<string> Command(FieldMap map, string field, SpecFaults faults)
    {
        SpecNode? node = map.Take(field);
        ImmutableArray<string> command = ScalarValues.Texts(node, map.PathOf(field), faults, splitLines: false);
        if (command is ["", ..])
        {
            faults.Add(node!.At, map.PathOf(field), "the first word, which names the program, is empty");
        }

        return command;
    }

    private static string? WorkingDirectory(FieldMap map, SpecFaults faults)
    {
        SpecNode? node = map.Take("working_dir");
        string? text = ScalarValues.Text(node, map.PathOf("working_dir"), faults);
        if (text is { Length: > 0 } && text[0] != '/')
        {
            faults.Add(node!.At, map.PathOf("working_dir"), "must be a path from the root of the image, such as /code");
        }

        return text is { Length: > 0 } ? text : null;
    }

    private static ImmutableArray<int> AcceptedCodes(SpecNode? node, string path, SpecFaults faults)
    {
        SpecList? list = node switch { null => null, SpecList many => many, _ => new SpecList(node.At, [node]) };
        return list is null
            ? []
            : [.. list.Items.Select((item, i) => ScalarValues.Integer(item, $"{path}[{i}]", faults, 0, 255)).OfType<int>().Distinct().Order()];
    }

    /// <summary>Variables: an object of names and values, or a list of {name, value}.</summary>
    public static ImmutableArray<EnvironmentVariable> BindEnvironment(SpecNode? node, string path, SpecFaults faults)
    {
        ImmutableArray<EnvironmentVariable>.Builder variables = ImmutableArray.CreateBuilder<EnvironmentVariable>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        switch (node)
        {
            case null:
                break;
            case SpecMap map:
                foreach (SpecField field in map.Fields)
                {
                    string value = ScalarValues.Text(Present(field.Value), $"{path}.{field.Name}", faults, anyScalar: true) ?? "";
                    Add(field.Name, value, field.At);
                }

                break;
            case SpecList list:
                for (int i = 0; i < list.Items.Length; i++)
                {
                    if (FieldMap.Open(list.Items[i], $"{path}[{i}]", faults) is { } item
                        && ScalarValues.Text(item.Require("name", "a variable has a name"), item.PathOf("name"), faults) is { } name)
                    {
                        Add(name, ScalarValues.Text(item.Take("value"), item.PathOf("value"), faults, anyScalar: true) ?? "", item.At);
                        item.Close(UnsupportedFields.None);
                    }
                }

                break;
            default:
                faults.Add(node.At, path, $"expected an object of names and values, found {FieldMap.Describe(node)}");
                break;
        }

        return variables.ToImmutable();

        void Add(string name, string value, SpecPosition at)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Any(char.IsControl))
            {
                faults.Add(at, path, "the name of a variable must not be empty and must hold no '=' or control character");
            }
            else if (!seen.Add(name))
            {
                faults.Add(at, $"{path}.{name}", "this variable is set twice");
            }
            else
            {
                variables.Add(new EnvironmentVariable(name, value));
            }
        }
    }

    private static SpecNode? Present(SpecNode node) => node is SpecScalar { Kind: ScalarKind.Null } ? null : node;
}
