using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Slipway.Images.Layers;

/// <summary>
/// The records of a PAX extended header ("length key=value\n", POSIX pax, "pax Extended Header"). Values stay bytes: an xattr's value is not text.
/// </summary>
internal sealed class PaxRecords
{
    public const string XattrPrefix = "SCHILY.xattr.";

    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>Old GNU 0.0 repeats its sparse keys, so they are collected in order.</summary>
    private readonly List<long> _sparse = [];

    public IEnumerable<KeyValuePair<string, byte[]>> All => _values;

    /// <summary>GNU.sparse.offset and .numbytes in the order they came.</summary>
    public IReadOnlyList<long> RepeatedSparse => _sparse;

    /// <summary>Adds the records of one header; a later record of a key replaces an earlier one.</summary>
    public void Add(ReadOnlySpan<byte> header)
    {
        while (!header.IsEmpty)
        {
            if (!Utf8Parser.TryParse(header, out int length, out int digits) || length <= digits || length > header.Length
                || header[digits] != ' ' || header[length - 1] != '\n')
            {
                throw Malformed();
            }

            ReadOnlySpan<byte> record = header[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Malformed();
            }

            string key = TarBlock.Decode(record[..equals]);
            byte[] value = record[(equals + 1)..].ToArray();
            if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
            {
                _sparse.Add(ParseNumber(key, value));
            }

            _values[key] = value;
            header = header[length..];
        }
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The text under a key; null where absent or, as POSIX has it, where the value is empty (the record is deleted).</summary>
    public string? Text(string key)
    {
        if (!_values.TryGetValue(key, out byte[]? value) || value.Length == 0)
        {
            return null;
        }

        return value.AsSpan().Contains((byte)0)
            ? throw new MalformedTarException($"the PAX record '{key}' holds a NUL")
            : TarBlock.Decode(value);
    }

    public long? Number(string key) => _values.TryGetValue(key, out byte[]? value) && value.Length > 0 ? ParseNumber(key, value) : null;

    /// <summary>A time: seconds with an optional sign and fraction.</summary>
    public UnixTime? Time(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        int dot = text.IndexOf('.', StringComparison.Ordinal);
        string whole = dot < 0 ? text : text[..dot];
        string fraction = dot < 0 ? "" : text[(dot + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) || fraction.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new MalformedTarException($"the PAX record '{key}={text}' is not a time");
        }

        int nanoseconds = int.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);
        return nanoseconds > 0 && text[0] == '-' ? new(seconds - 1, 1_000_000_000 - nanoseconds) : new(seconds, nanoseconds);
    }

    private static long ParseNumber(string key, byte[] value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new MalformedTarException($"the PAX record '{key}={Encoding.UTF8.GetString(value)}' is not a number");

    private static MalformedTarException Malformed() => new("a PAX header is malformed");
}
