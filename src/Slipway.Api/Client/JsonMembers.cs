using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Api;

/// <summary>
/// The members of a JSON object in UTF-8 (RFC 8259), looked up one by one; a member that is absent, or null, is the default. Written by hand for objects of some
/// members: the platform's reader brings vector code that is compiled anew at every start of a command (docs/decisions).
/// </summary>
/// <exception cref="JsonException">It is no JSON object, or ends too early.</exception>
internal readonly ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    /// <summary>So many decimal digits, and powers of ten up to the other, a double holds exactly.</summary>
    private const int ExactDigits = 15;
    private const int ExactPower = 22;

    private readonly ReadOnlySpan<byte> json = json;

    public string? Text(string name) => Find(name, out ReadOnlySpan<byte> value) ? Unquote(value) : null;

    public int Number(string name) => checked((int)Long(name));

    public long Long(string name)
    {
        if (!Find(name, out ReadOnlySpan<byte> value))
        {
            return 0;
        }

        long number = 0;
        bool negative = value[0] == '-';
        for (int i = negative ? 1 : 0; i < value.Length; i++)
        {
            number = value[i] is >= (byte)'0' and <= (byte)'9' ? checked((number * 10) - (value[i] - '0')) : throw Bad("a whole number");
        }

        return negative ? number : checked(-number);
    }

    public double Double(string name) => Find(name, out ReadOnlySpan<byte> value) ? ParseDouble(value) : 0;

    public bool Flag(string name) => Find(name, out ReadOnlySpan<byte> value) && value[0] == 't';

    /// <summary>An object that is a member; of an absent one every member is absent.</summary>
    public JsonMembers Object(string name) => new(Find(name, out ReadOnlySpan<byte> value) ? value : "{}"u8);

    public List<string> Texts(string name)
    {
        List<string> texts = [];
        if (!Find(name, out ReadOnlySpan<byte> value))
        {
            return texts;
        }

        int at = Expect(value, 0, '[');
        while (Peek(value, ref at) != ']')
        {
            int end = SkipValue(value, at);
            texts.Add(Unquote(value[at..end]));
            at = end;
            if (Peek(value, ref at) == ',')
            {
                at++;
            }
        }

        return texts;
    }

    private bool Find(string name, out ReadOnlySpan<byte> value)
    {
        int at = Expect(json, 0, '{');
        while (Peek(json, ref at) != '}')
        {
            int nameEnd = SkipValue(json, at);
            bool isIt = Is(json[at..nameEnd], name);
            at = Expect(json, nameEnd, ':');
            Peek(json, ref at);
            int end = SkipValue(json, at);
            if (isIt)
            {
                value = json[at..end];
                return value[0] != 'n';
            }

            at = end;
            if (Peek(json, ref at) == ',')
            {
                at++;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Whether a quoted name is this one, which needs no escape.</summary>
    private static bool Is(ReadOnlySpan<byte> quoted, string name)
    {
        if (quoted.Length != name.Length + 2)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (quoted[i + 1] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The next character that is no white space; <paramref name="at"/> is then where it stands.</summary>
    private static char Peek(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            at++;
        }

        return at < text.Length ? (char)text[at] : throw Bad("more");
    }

    private static int Expect(ReadOnlySpan<byte> text, int at, char wanted) => Peek(text, ref at) == wanted ? at + 1 : throw Bad($"'{wanted}'");

    /// <summary>Where a value that begins at <paramref name="at"/> ends.</summary>
    private static int SkipValue(ReadOnlySpan<byte> text, int at)
    {
        int start = at, depth = 0;
        while (at < text.Length)
        {
            switch ((char)text[at])
            {
                case '"':
                    at = SkipText(text, at);
                    break;
                case '{' or '[':
                    depth++;
                    at++;
                    break;
                case '}' or ']' when depth > 0:
                    depth--;
                    at++;
                    break;
                case '}' or ']' or ',' or ':' or ' ' or '\t' or '\n' or '\r' when depth == 0:
                    return at > start ? at : throw Bad("a value");
                default:
                    at++;
                    continue;
            }

            if (depth == 0)
            {
                return at;
            }
        }

        throw Bad("more");
    }

    private static int SkipText(ReadOnlySpan<byte> text, int at)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                return at + 1;
            }

            at += text[at] == '\\' ? 1 : 0;
        }

        throw Bad("the end of a text");
    }

    private static string Unquote(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < 2 || quoted[0] != '"')
        {
            throw Bad("a text");
        }

        ReadOnlySpan<byte> text = quoted[1..^1];
        StringBuilder? result = null;
        int plain = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                continue;
            }

            (result ??= new StringBuilder()).Append(Encoding.UTF8.GetString(text[plain..i]));
            char escaped = (char)text[++i];
            if (escaped == 'u')
            {
                result.Append(HexCharacter(text, i + 1));
                i += 4;
            }
            else
            {
                result.Append(escaped switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\b',
                    'f' => '\f',
                    '"' or '\\' or '/' => escaped,
                    _ => throw Bad("an escape"),
                });
            }

            plain = i + 1;
        }

        return result is null ? Encoding.UTF8.GetString(text) : result.Append(Encoding.UTF8.GetString(text[plain..])).ToString();
    }

    private static char HexCharacter(ReadOnlySpan<byte> text, int at)
    {
        int code = 0;
        for (int i = at; i < at + 4; i++)
        {
            int digit = i >= text.Length ? -1 : (char)text[i] switch
            {
                >= '0' and <= '9' and var c => c - '0',
                >= 'a' and <= 'f' and var c => c - 'a' + 10,
                >= 'A' and <= 'F' and var c => c - 'A' + 10,
                _ => -1,
            };
            code = digit >= 0 ? (code << 4) | digit : throw Bad("four hexadecimal digits");
        }

        return (char)code;
    }

    // Digits and a power of ten that are both exact as doubles have the nearest double as their quotient; the rest is left to the platform.
    private static double ParseDouble(ReadOnlySpan<byte> value)
    {
        long digits = 0;
        int count = 0, power = 0, at = 0;
        for (bool fraction = false; at < value.Length && value[at] is (byte)'.' or (>= (byte)'0' and <= (byte)'9'); at++)
        {
            if (value[at] == '.')
            {
                fraction = true;
                continue;
            }

            digits = unchecked((digits * 10) + (value[at] - '0'));
            count++;
            power += fraction ? 1 : 0;
        }

        if (value[at..] is [(byte)'E' or (byte)'e', (byte)'-', >= (byte)'0' and <= (byte)'9' and var tens, >= (byte)'0' and <= (byte)'9' and var ones])
        {
            power += ((tens - '0') * 10) + ones - '0';
            at = value.Length;
        }

        if (at < value.Length || count > ExactDigits || power > ExactPower)
        {
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Bad("a number");
        }

        double scale = 1;
        for (; power > 0; power--)
        {
            scale *= 10;
        }

        return digits / scale;
    }

    private static JsonException Bad(string expected) => new($"the server's line is no JSON object: {expected} was expected");
}
