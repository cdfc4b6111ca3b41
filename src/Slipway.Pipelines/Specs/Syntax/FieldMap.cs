using System.Text;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>
/// The fields of one object while it is bound: each is taken once by name, and what nobody took is an unknown field. A name may be
/// written in snake_case or, as protobuf's JSON mapping also has it, lowerCamelCase. A null counts as absent.
/// </summary>
internal sealed class FieldMap
{
    private readonly SpecMap _map;
    private readonly SpecFaults _faults;
    private readonly List<string> _known = [];
    private readonly HashSet<SpecField> _taken = new(ReferenceEqualityComparer.Instance);

    private FieldMap(SpecMap map, string path, SpecFaults faults)
    {
        _map = map;
        Path = path;
        _faults = faults;
    }

    /// <summary>The object's own field path, for messages; empty at the top.</summary>
    public string Path { get; }

    /// <summary>Where the object begins.</summary>
    public SpecPosition At => _map.At;

    /// <summary>Opens an object; null, with a fault, where the node is none.</summary>
    public static FieldMap? Open(SpecNode? node, string path, SpecFaults faults)
    {
        switch (node)
        {
            case SpecMap map:
                return new FieldMap(map, path, faults);
            case null:
                return null;
            default:
                faults.Add(node.At, path, $"expected an object with named fields, found {Describe(node)}");
                return null;
        }
    }

    /// <summary>The path of a field of this object.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : Path + "." + name;

    /// <summary>The value of a field, or null where it is absent or null. A second occurrence is a fault.</summary>
    public SpecNode? Take(string name)
    {
        _known.Add(name);
        SpecField? found = null;
        foreach (SpecField field in _map.Fields)
        {
            if (field.Name != name && Snake(field.Name) != name)
            {
                continue;
            }

            _taken.Add(field);
            if (found is not null)
            {
                _faults.Add(field.At, PathOf(name), $"written twice; the first stands in line {found.At.Line}");
                continue;
            }

            found = field;
        }

        return found?.Value is SpecScalar { Kind: ScalarKind.Null } ? null : found?.Value;
    }

    /// <summary>As <see cref="Take"/>; absence is a fault.</summary>
    public SpecNode? Require(string name, string why)
    {
        SpecNode? value = Take(name);
        if (value is null)
        {
            _faults.Add(At, PathOf(name), $"missing: {why}");
        }

        return value;
    }

    /// <summary>Reports every field that was not taken; those of <paramref name="unsupported"/> with the reason given there.</summary>
    public void Close(IReadOnlyDictionary<string, string> unsupported)
    {
        foreach (SpecField field in _map.Fields.Where(f => !_taken.Contains(f)))
        {
            if (unsupported.TryGetValue(field.Name, out string? reason) || unsupported.TryGetValue(Snake(field.Name), out reason))
            {
                _faults.Add(field.At, PathOf(field.Name), $"Slipway does not support this field of Pachyderm's yet: {reason}");
                continue;
            }

            string? near = NearestName.Find(field.Name, _known);
            string hint = near is not null ? $"did you mean '{near}'?" : $"known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}";
            _faults.Add(field.At, PathOf(field.Name), $"unknown field; {hint}");
        }
    }

    /// <summary>A node's kind in words, with a short scalar's value.</summary>
    public static string Describe(SpecNode node) => node switch
    {
        SpecMap => "an object",
        SpecList => "a list",
        SpecScalar { Kind: ScalarKind.Null } => "null",
        SpecScalar { Kind: ScalarKind.Boolean } scalar => $"the boolean {scalar.Text}",
        SpecScalar { Kind: ScalarKind.Number } scalar => $"the number {Shortened(scalar.Text)}",
        SpecScalar scalar => $"the text '{Shortened(scalar.Text)}'",
        _ => "something else",
    };

    private static string Shortened(string text) =>
        new([.. (text.Length > 60 ? text[..60] + "…" : text).Select(c => char.IsControl(c) ? ' ' : c)]);

    private static string Snake(string name)
    {
        if (!name.Any(char.IsAsciiLetterUpper))
        {
            return name;
        }

        var snake = new StringBuilder(name.Length + 4);
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter))
            {
                snake.Append('_').Append(char.ToLowerInvariant(letter));
            }
            else
            {
                snake.Append(letter);
            }
        }

        return snake.ToString();
    }
}
