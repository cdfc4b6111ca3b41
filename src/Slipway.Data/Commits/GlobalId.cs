using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Data.Commits;

/// <summary>
/// Joins a commit with all that it caused in other repos. 128 bits as 32 lower-case hex digits, ordered by time: a version 7 UUID
/// (RFC 9562, section 5.7) without dashes, whose <c>rand_a</c> holds the fraction of the millisecond (section 6.2, method 3).
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct GlobalId : IComparable<GlobalId>
{
    private readonly UInt128 _value;

    private GlobalId(UInt128 value) => _value = value;

    /// <summary>Makes a new id from the clock and 62 random bits.</summary>
    public static GlobalId New(TimeProvider time)
    {
        long ticks = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        ulong milliseconds = (ulong)(ticks / TimeSpan.TicksPerMillisecond) & 0xFFFF_FFFF_FFFF;
        ulong fraction = (ulong)(ticks % TimeSpan.TicksPerMillisecond) * 4096 / TimeSpan.TicksPerMillisecond;
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        ulong low = (BinaryPrimitives.ReadUInt64BigEndian(random) & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        return new GlobalId(new UInt128((milliseconds << 16) | 0x7000 | fraction, low));
    }

    /// <summary>
    /// As <see cref="New(TimeProvider)"/>, but greater than <paramref name="last"/> also where the clock stood still or went back,
    /// so that the order of ids on a branch is the order in which its commits were started.
    /// </summary>
    public static GlobalId New(TimeProvider time, GlobalId? last)
    {
        GlobalId id = New(time);
        return last is not { } floor || id > floor ? id : floor.Next();
    }

    /// <summary>Reads 32 lower-case hex digits.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static GlobalId Parse(string text) => TryParse(text, out GlobalId id)
        ? id
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a commit's global id", "A global id is 32 lower-case hex digits.");

    /// <summary>Reads 32 lower-case hex digits; false where the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out GlobalId id)
    {
        id = default;
        if (text is null || !NamePart.IsGlobalId(text))
        {
            return false;
        }

        id = new GlobalId(UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(GlobalId other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public override string ToString() => _value.ToString("x32", CultureInfo.InvariantCulture);

    public static bool operator <(GlobalId left, GlobalId right) => left._value < right._value;

    public static bool operator >(GlobalId left, GlobalId right) => left._value > right._value;

    public static bool operator <=(GlobalId left, GlobalId right) => left._value <= right._value;

    public static bool operator >=(GlobalId left, GlobalId right) => left._value >= right._value;

    /// <summary>The next id in order: the 62 random bits are counted up; version and variant stay.</summary>
    private GlobalId Next()
    {
        ulong high = (ulong)(_value >> 64);
        ulong low = ((ulong)_value & 0x3FFF_FFFF_FFFF_FFFF) + 1;
        if (low > 0x3FFF_FFFF_FFFF_FFFF)
        {
            // Only a forged id stands this high: the time part takes the carry, over the fixed version digit.
            low = 0;
            ulong fraction = (high & 0xFFF) + 1;
            high = fraction > 0xFFF ? (((high >> 16) + 1) << 16) | 0x7000 : (high & ~0xFFFUL) | fraction;
        }

        return new GlobalId(new UInt128(high, low | 0x8000_0000_0000_0000));
    }

    /// <summary>The id as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<GlobalId>
    {
        /// <inheritdoc/>
        protected override GlobalId Parse(string text) => GlobalId.Parse(text);
    }
}
