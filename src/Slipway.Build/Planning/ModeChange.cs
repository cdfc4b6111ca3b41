using System.Buffers;
using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>The value of <c>--chmod</c>: bits, or changes of bits as chmod(1) writes them (<c>u=rwX,go-w</c>).</summary>
/// <param name="Text">As written, variables replaced: the identity of the change.</param>
public sealed record ModeChange(string Text)
{
    private static readonly SearchValues<char> Classes = SearchValues.Create("ugoa");
    private static readonly SearchValues<char> Permissions = SearchValues.Create("rwxXst");

    private const int SetId = 0xC00;
    private const int Sticky = 0x200;

    private int? Bits { get; init; }

    private ImmutableArray<Clause> Clauses { get; init; } = [];

    /// <exception cref="DockerfileSyntaxException">Neither bits nor changes.</exception>
    internal static ModeChange Parse(string text)
    {
        if (text.Length is > 0 and <= 5 && !text.AsSpan().ContainsAnyExceptInRange('0', '7') && Convert.ToInt32(text, 8) is var bits and <= 0xFFF)
        {
            return new(text) { Bits = bits };
        }

        ImmutableArray<Clause>.Builder clauses = ImmutableArray.CreateBuilder<Clause>();
        foreach (string part in text.Split(','))
        {
            int at = part.AsSpan().IndexOfAnyExcept(Classes);
            string who = at > 0 ? part[..at] : "a";
            string rest = at < 0 ? "" : part[at..];
            do
            {
                int next = rest.Length > 1 ? rest.AsSpan(1).IndexOfAny("+-=") : -1;
                string one = next < 0 ? rest : rest[..(next + 1)];
                rest = next < 0 ? "" : rest[(next + 1)..];
                clauses.Add(ReadClause(text, who, one));
            }
            while (rest.Length > 0);
        }

        return new(text) { Clauses = clauses.ToImmutable() };
    }

    /// <summary>The permission bits of an entry that had <paramref name="mode"/>.</summary>
    public int Apply(int mode, bool isDirectory)
    {
        if (Bits is { } bits)
        {
            return bits;
        }

        int start = mode;
        return Clauses.Aggregate(mode, (current, clause) => clause.Apply(current, start, isDirectory));
    }

    public bool Equals(ModeChange? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private static Clause ReadClause(string text, string who, string one)
    {
        bool sound = one.Length > 0 && "+-=".Contains(one[0], StringComparison.Ordinal)
            && (one.AsSpan(1).IndexOfAnyExcept(Permissions) < 0 || (one.Length == 2 && "ugo".Contains(one[1], StringComparison.Ordinal)));
        return sound ? new(who, one[0], one[1..]) : throw new DockerfileSyntaxException($"--chmod={text} is not a mode", "write for example --chmod=755 or --chmod=u=rwX,go=rX");
    }

    private sealed record Clause(string Who, char Operation, string Permissions)
    {
        public int Apply(int mode, int start, bool isDirectory)
        {
            int mask = Who.Contains('a', StringComparison.Ordinal) ? 0x1FF | SetId | Sticky : 0;
            mask |= (Who.Contains('u', StringComparison.Ordinal) ? 0x1C0 | 0x800 : 0) | (Who.Contains('g', StringComparison.Ordinal) ? 0x38 | 0x400 : 0) | (Who.Contains('o', StringComparison.Ordinal) ? 7 | Sticky : 0);
            int bits = Value(mode, start, isDirectory) & mask;
            return Operation switch
            {
                '+' => mode | bits,
                '-' => mode & ~bits,
                _ => (mode & ~(mask & (0x1FF | (isDirectory ? 0 : SetId)))) | bits,
            };
        }

        private int Value(int mode, int start, bool isDirectory)
        {
            int value = 0;
            foreach (char permission in Permissions)
            {
                value |= permission switch
                {
                    'r' => 0x124,
                    'w' => 0x92,
                    'x' => 0x49,
                    'X' => isDirectory || (start & 0x49) != 0 ? 0x49 : 0,
                    's' => SetId,
                    't' => Sticky,
                    'u' => Spread(mode >> 6),
                    'g' => Spread(mode >> 3),
                    _ => Spread(mode),
                };
            }

            return value;
        }

        private static int Spread(int bits) => (bits & 7) * 0x49;
    }
}
