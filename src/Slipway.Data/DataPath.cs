using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data.Trees;

namespace Slipway.Data;

/// <summary>
/// The absolute path of an entry in a tree: <c>/</c>, or <c>/a/b</c>. Any Unicode text but NUL stands in a part, except the parts
/// <c>.</c> and <c>..</c> and the empty one; at most 4,096 bytes of UTF-8 in all. Case and normal form are kept as given. Ordered part
/// by part, each by its UTF-8 bytes: the order in which trees are walked. <c>default</c> is the root.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct DataPath : IComparable<DataPath>
{
    /// <summary>The longest path, in bytes of UTF-8.</summary>
    public const int MaxBytes = 4096;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string? _text;

    private DataPath(string? text) => _text = text;

    /// <summary>The path <c>/</c>.</summary>
    public static DataPath Root => default;

    /// <summary>True for <c>/</c>.</summary>
    public bool IsRoot => _text is null;

    /// <summary>The parts from the root down; none for the root.</summary>
    public IReadOnlyList<string> Parts => _text is null ? [] : _text[1..].Split('/');

    /// <summary>The last part; empty for the root.</summary>
    public string Name => _text is null ? "" : _text[(_text.LastIndexOf('/') + 1)..];

    /// <summary>The directory that holds this entry; the root for the root.</summary>
    public DataPath Parent => _text is null || _text.LastIndexOf('/') is not (int at and > 0) ? default : new DataPath(_text[..at]);

    /// <summary>Reads an absolute path. One slash at the end is as none.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: says which rule the text breaks.</exception>
    public static DataPath Parse(string text) => Read(text, out DataPath path) is string fault
        ? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Printable(text)}' is not a path: {fault}", "A path is written /folder/file.")
        : path;

    /// <summary>Reads an absolute path; false where the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DataPath path) => Read(text, out path) is null;

    /// <summary>The entry <paramref name="name"/> of the directory at this path.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not a name, or the path gets too long.</exception>
    public DataPath Append(string name)
    {
        string? fault = FindNameFault(name);
        string text = $"{_text}/{name}";
        if (fault is null && text.Length > MaxBytes / 3 && StrictUtf8.GetByteCount(text) > MaxBytes)
        {
            fault = $"with it the path has more than {MaxBytes} bytes";
        }

        return fault is null
            ? new DataPath(text)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Printable(name)}' cannot stand in '{Printable(ToString())}': {fault}");
    }

    /// <summary>The path that is <paramref name="below"/> from this one.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the path gets too long.</exception>
    public DataPath Join(DataPath below)
    {
        string text = _text + below._text;
        return text.Length == 0 ? default
            : text.Length <= MaxBytes / 3 || StrictUtf8.GetByteCount(text) <= MaxBytes ? new DataPath(text)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{Printable(text)}' is no path: it has more than {MaxBytes} bytes");
    }

    /// <summary>True where this is <paramref name="ancestor"/> or stands below it.</summary>
    public bool IsWithin(DataPath ancestor) => ancestor._text is null
        || (_text is not null && _text.StartsWith(ancestor._text, StringComparison.Ordinal)
            && (_text.Length == ancestor._text.Length || _text[ancestor._text.Length] == '/'));

    /// <inheritdoc/>
    public int CompareTo(DataPath other) => NameOrder.ComparePaths(_text, other._text);

    /// <inheritdoc/>
    public override string ToString() => _text ?? "/";

    public static bool operator <(DataPath left, DataPath right) => left.CompareTo(right) < 0;

    public static bool operator >(DataPath left, DataPath right) => left.CompareTo(right) > 0;

    public static bool operator <=(DataPath left, DataPath right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DataPath left, DataPath right) => left.CompareTo(right) >= 0;

    /// <summary>As <see cref="Append"/> for a name that a tree holds already, which is therefore valid.</summary>
    internal DataPath AppendKnown(string name) => new($"{_text}/{name}");

    /// <summary>Why <paramref name="name"/> cannot be the name of an entry, as the end of a sentence; null where it can.</summary>
    internal static string? FindNameFault(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return "it has an empty part";
        }

        if (name is "." or "..")
        {
            return $"the part '{name}' is not allowed";
        }

        if (name.IndexOfAny('\0', '/') is int at and >= 0)
        {
            return name[at] == '/' ? "a name holds no '/'" : "it holds a NUL character";
        }

        try
        {
            return StrictUtf8.GetByteCount(name) <= MaxBytes ? null : $"it has more than {MaxBytes} bytes";
        }
        catch (EncoderFallbackException)
        {
            return "it holds half of a surrogate pair, which is no Unicode text";
        }
    }

    private static string? Read(string? text, out DataPath path)
    {
        path = default;
        if (string.IsNullOrEmpty(text))
        {
            return "it is empty";
        }

        if (text[0] != '/')
        {
            return "it does not begin with '/'";
        }

        ReadOnlySpan<char> rest = text.AsSpan(1);
        if (rest.IsEmpty)
        {
            return null;
        }

        rest = rest[^1] == '/' ? rest[..^1] : rest;
        foreach (Range part in rest.Split('/'))
        {
            if (FindNameFault(rest[part]) is string fault)
            {
                return fault;
            }
        }

        string normal = rest.Length + 1 == text.Length ? text : text[..(rest.Length + 1)];
        if (StrictUtf8.GetByteCount(normal) > MaxBytes)
        {
            return $"it has more than {MaxBytes} bytes";
        }

        path = new DataPath(normal);
        return null;
    }

    private static string Printable(string text) => (text.Length > 200 ? text[..200] + "…" : text).Replace("\0", "\\0", StringComparison.Ordinal);

    /// <summary>The path as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<DataPath>
    {
        /// <inheritdoc/>
        protected override DataPath Parse(string text) => DataPath.Parse(text);
    }
}
