using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>
/// Reads JSON (RFC 8259) into positioned nodes: one value, or several one after another as Pachyderm's clients send them.
/// Comments are skipped. A syntax error is one fault and ends the file.
/// </summary>
internal sealed class JsonNodes
{
    private const int Deepest = 64;
    private readonly byte[] _utf8;
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    private JsonNodes(string text) => _utf8 = Encoding.UTF8.GetBytes(text);

    /// <summary>The values of the text in order; faults go to <paramref name="faults"/>.</summary>
    public static ImmutableArray<SpecNode> Read(string text, SpecFaults faults)
    {
        var nodes = new JsonNodes(text);
        ImmutableArray<SpecNode>.Builder values = ImmutableArray.CreateBuilder<SpecNode>();
        var reader = new Utf8JsonReader(nodes._utf8, new JsonReaderOptions
        {
            AllowMultipleValues = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = Deepest,
        });
        try
        {
            while (reader.Read())
            {
                values.Add(nodes.Value(ref reader));
            }
        }
        catch (JsonException error)
        {
            faults.Add(nodes.At(error), "", "not valid JSON: " + Reason(error));
        }
        catch (InvalidOperationException)
        {
            // The reader refuses to decode text with half a surrogate pair only when it is asked for it.
            faults.Add(nodes.At(reader.TokenStartIndex), "", "not valid JSON: a text holds half a surrogate pair");
        }

        return values.ToImmutable();
    }

    private SpecNode Value(ref Utf8JsonReader reader)
    {
        SpecPosition at = At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ImmutableArray<SpecField>.Builder fields = ImmutableArray.CreateBuilder<SpecField>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    SpecPosition nameAt = At(reader.TokenStartIndex);
                    string name = reader.GetString()!;
                    reader.Read();
                    fields.Add(new SpecField(name, nameAt, Value(ref reader)));
                }

                return new SpecMap(at, fields.ToImmutable());
            case JsonTokenType.StartArray:
                ImmutableArray<SpecNode>.Builder items = ImmutableArray.CreateBuilder<SpecNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader));
                }

                return new SpecList(at, items.ToImmutable());
            case JsonTokenType.String:
                return new SpecScalar(at, ScalarKind.Text, reader.GetString()!);
            case JsonTokenType.Number:
                return new SpecScalar(at, ScalarKind.Number, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                return new SpecScalar(at, ScalarKind.Boolean, reader.TokenType == JsonTokenType.True ? "true" : "false");
            default:
                return new SpecScalar(at, ScalarKind.Null, "null");
        }
    }

    // Tokens come in order, so the cursor only moves forward: a file of one long line costs no more than one of many.
    private SpecPosition At(long offset)
    {
        while (_offset < offset && _offset < _utf8.Length)
        {
            byte unit = _utf8[_offset++];
            if (unit == (byte)'\n')
            {
                _line++;
                _column = 1;
            }
            else if ((unit & 0xC0) != 0x80)
            {
                _column += unit >= 0xF0 ? 2 : 1;
            }
        }

        return new SpecPosition(_line, _column);
    }

    private SpecPosition At(JsonException error)
    {
        int line = (int)(error.LineNumber ?? 0);
        ReadOnlySpan<byte> rest = _utf8;
        for (int i = 0; i < line && rest.IndexOf((byte)'\n') is >= 0 and int end; i++)
        {
            rest = rest[(end + 1)..];
        }

        int bytes = (int)Math.Min(error.BytePositionInLine ?? 0, rest.Length);
        return new SpecPosition(line + 1, Encoding.UTF8.GetCharCount(rest[..bytes]) + 1);
    }

    private static string Reason(JsonException error)
    {
        int end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
    }
}
