using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>A container's identity: 64 lower-case hex digits, as every Docker client expects; <see cref="Short"/> is what tables show.</summary>
public readonly record struct ContainerId
{
    private const int Length = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly string? _hex;

    private ContainerId(string hex) => _hex = hex;

    /// <summary>The first twelve digits.</summary>
    public string Short => ToString()[..12];

    /// <summary>A new random identity. The first digits are never all decimal, so that a short form used as a host name is no number.</summary>
    public static ContainerId New()
    {
        while (true)
        {
            string hex = RandomNumberGenerator.GetHexString(Length, lowercase: true);
            if (hex.AsSpan(0, 12).ContainsAnyInRange('a', 'f'))
            {
                return new ContainerId(hex);
            }
        }
    }

    /// <summary>Reads 64 lower-case hex digits.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static ContainerId Parse(string text) => TryParse(text, out ContainerId id)
        ? id
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a container id", "A container id has 64 hex digits; a shorter prefix or a name is looked up with `slipway ps -a`.");

    /// <summary>Reads 64 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContainerId id)
    {
        bool valid = text is { Length: Length } && !text.AsSpan().ContainsAnyExcept(Digits);
        id = valid ? new ContainerId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => _hex ?? new string('0', Length);
}
