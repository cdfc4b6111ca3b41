using System.Globalization;
using System.Text;

namespace Slipway.Api;

/// <summary>
/// A JSON object written by hand. The serializer gives the same (tests compare them), but takes 15 ms of a short command to load (docs/decisions). A member that
/// is null, false or an empty map is left out: it is what the reader takes for absent.
/// </summary>
internal sealed class JsonText
{
    private readonly StringBuilder text = new("{");

    /// <summary>The object in UTF-8; nothing can be added afterwards.</summary>
    public byte[] End() => Encoding.UTF8.GetBytes(text.Append('}').ToString());

    public void Add(string name, bool value) => AddRaw(name, value ? "true" : null);

    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Quote(value);
        }
    }

    public void Add(string name, long? value) => AddRaw(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, ulong value) => AddRaw(name, value.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, double? value) => AddRaw(name, value?.ToString("R", CultureInfo.InvariantCulture));

    public void Add(string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        Name(name);
        text.Append('[');
        for (int i = 0; i < values.Count; i++)
        {
            Separate('[');
            Quote(values[i]);
        }

        text.Append(']');
    }

    public void Add(string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            return;
        }

        Name(name);
        text.Append('{');
        foreach ((string key, string value) in map)
        {
            Separate('{');
            Quote(key);
            text.Append(':');
            Quote(value);
        }

        text.Append('}');
    }

    /// <summary>A member that is an object, whose members <paramref name="write"/> adds.</summary>
    public void Add(string name, Action<JsonText> write)
    {
        Name(name);
        text.Append('{');
        write(this);
        text.Append('}');
    }

    /// <summary>A member that is a list of objects; <paramref name="write"/> adds the members of each.</summary>
    public void Add<T>(string name, IReadOnlyList<T> items, Action<JsonText, T> write)
    {
        Name(name);
        text.Append('[');
        foreach (T item in items)
        {
            Separate('[');
            text.Append('{');
            write(this, item);
            text.Append('}');
        }

        text.Append(']');
    }

    private void AddRaw(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            text.Append(value);
        }
    }

    private void Name(string name)
    {
        Separate('{');
        text.Append('"').Append(name).Append("\":");
    }

    private void Separate(char opening)
    {
        if (text[^1] != opening)
        {
            text.Append(',');
        }
    }

    /// <summary>RFC 8259, section 7. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.</summary>
    private void Quote(string value)
    {
        text.Append('"');
        foreach (char character in value)
        {
            if (character is '"' or '\\')
            {
                text.Append('\\').Append(character);
            }
            else if (character < ' ')
            {
                text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(character);
            }
        }

        text.Append('"');
    }
}
