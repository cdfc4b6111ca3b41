using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>
/// Reads YAML's event stream into positioned nodes, one a document. Plain scalars are typed by YAML's core schema (1.2, §10.3.2).
/// Aliases are followed; the nodes that they multiply are bounded, so that a short file cannot become a vast one.
/// </summary>
internal sealed class YamlNodes
{
    private const int Deepest = 64;
    private const int MostNodes = 200_000;
    private readonly Dictionary<AnchorName, (SpecNode Node, int Size)> _anchors = [];
    private readonly Parser _parser;
    private int _nodes;

    private YamlNodes(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The documents of the text in order, empty ones left out; faults go to <paramref name="faults"/>.</summary>
    public static ImmutableArray<SpecNode> Read(string text, SpecFaults faults)
    {
        ImmutableArray<SpecNode>.Builder documents = ImmutableArray.CreateBuilder<SpecNode>();
        try
        {
            new YamlNodes(text).Documents(documents);
        }
        catch (YamlException error)
        {
            faults.Add(At(error.Start), "", "not valid YAML: " + Reason(error.Message));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The scanner lets a few of its own slips through on broken input; to a person they are the same thing.
            faults.Add(new SpecPosition(1, 1), "", "not valid YAML: " + Reason(error.Message));
        }

        return documents.ToImmutable();
    }

    private void Documents(ImmutableArray<SpecNode>.Builder documents)
    {
        while (_parser.MoveNext())
        {
            switch (_parser.Current)
            {
                case DocumentStart:
                    _anchors.Clear();
                    break;
                case StreamStart or StreamEnd or DocumentEnd or Comment or null:
                    break;
                default:
                    SpecNode document = Value(0).Node;
                    if (document is not SpecScalar { Kind: ScalarKind.Null })
                    {
                        documents.Add(document);
                    }

                    break;
            }
        }
    }

    // The parser stands on the first event of the value; it is left on its last.
    private (SpecNode Node, int Size) Value(int depth)
    {
        ParsingEvent current = _parser.Current!;
        if (depth > Deepest)
        {
            throw new YamlException(current.Start, current.End, $"nested more than {Deepest} deep");
        }

        (SpecNode Node, int Size) value;
        switch (current)
        {
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value, out value))
                {
                    throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value} has no anchor before it");
                }

                Count(value.Size, alias);
                return value;
            case Scalar scalar:
                value = (Typed(scalar), 1);
                break;
            case SequenceStart:
                value = Sequence(depth);
                break;
            case MappingStart:
                value = Mapping(depth);
                break;
            default:
                throw new YamlException(current.Start, current.End, "a value was expected here");
        }

        Count(1, current);
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = value;
        }

        return value;
    }

    private (SpecNode Node, int Size) Sequence(int depth)
    {
        SpecPosition at = At(_parser.Current!.Start);
        ImmutableArray<SpecNode>.Builder items = ImmutableArray.CreateBuilder<SpecNode>();
        int size = 1;
        while (Next() is not SequenceEnd)
        {
            (SpecNode item, int itemSize) = Value(depth + 1);
            items.Add(item);
            size += itemSize;
        }

        return (new SpecList(at, items.ToImmutable()), size);
    }

    private (SpecNode Node, int Size) Mapping(int depth)
    {
        SpecPosition at = At(_parser.Current!.Start);
        ImmutableArray<SpecField>.Builder fields = ImmutableArray.CreateBuilder<SpecField>();
        int size = 1;
        while (Next() is { } keyEvent and not MappingEnd)
        {
            if (Value(depth + 1).Node is not SpecScalar key)
            {
                throw new YamlException(keyEvent.Start, keyEvent.End, "the name of a field must be a plain text");
            }

            Next();
            (SpecNode node, int nodeSize) = Value(depth + 1);
            fields.Add(new SpecField(key.Text, At(keyEvent.Start), node));
            size += nodeSize + 1;
        }

        return (new SpecMap(at, fields.ToImmutable()), size);
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!_parser.MoveNext())
            {
                throw new YamlException("the file ends in the middle of a value");
            }
        }
        while (_parser.Current is Comment);
        return _parser.Current!;
    }

    private void Count(int size, ParsingEvent at)
    {
        if (size > MostNodes - _nodes)
        {
            throw new YamlException(at.Start, at.End, $"more than {MostNodes} values once its aliases are followed");
        }

        _nodes += size;
    }

    private static SpecScalar Typed(Scalar scalar)
    {
        SpecPosition at = At(scalar.Start);
        string text = scalar.Value;
        if (!SpecDocuments.IsUnicode(text))
        {
            throw new YamlException(scalar.Start, scalar.End, "a text holds half a surrogate pair");
        }

        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal)))
        {
            return new SpecScalar(at, ScalarKind.Text, text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => new SpecScalar(at, ScalarKind.Null, text),
            "true" or "True" or "TRUE" => new SpecScalar(at, ScalarKind.Boolean, "true"),
            "false" or "False" or "FALSE" => new SpecScalar(at, ScalarKind.Boolean, "false"),
            _ => new SpecScalar(at, IsNumber(text) ? ScalarKind.Number : ScalarKind.Text, text),
        };
    }

    private static bool IsNumber(string text) =>
        !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && char.IsAsciiDigit(text.TrimStart('+', '-', '.').FirstOrDefault())
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static SpecPosition At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string Reason(string message)
    {
        int end = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (end < 0 ? message : message[(end + 3)..]).TrimEnd('.');
    }
}
