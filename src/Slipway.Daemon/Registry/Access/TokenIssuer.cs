using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Daemon.Registry.Access;

/// <summary>What a token says: who was proved, and what the client wanted it for.</summary>
/// <param name="KeyId">Null: nobody, which is enough where anybody may pull.</param>
internal sealed record RegistryToken(string? KeyId, DateTimeOffset Until, ImmutableArray<TokenScope> Scopes);

/// <summary>
/// Makes and reads tokens. They are signed with a secret of this process, so after a restart clients ask for new ones, as they do for one that has expired. A token
/// gives no right by itself: what its key may is looked up at each use, so a deleted key ends its tokens.
/// </summary>
internal sealed class TokenIssuer(TimeProvider time)
{
    /// <summary>How long a token lasts.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token for these scopes, and when it was made.</summary>
    public (string Token, DateTimeOffset Issued) Issue(string? keyId, IEnumerable<TokenScope> scopes)
    {
        DateTimeOffset now = time.GetUtcNow();
        string text = string.Create(CultureInfo.InvariantCulture, $"{keyId}\n{(now + Validity).ToUnixTimeSeconds()}\n{string.Join(' ', scopes)}");
        byte[] said = Encoding.UTF8.GetBytes(text);
        return ($"{Base64Url.EncodeToString(said)}.{Base64Url.EncodeToString(HMACSHA256.HashData(_secret, said))}", now);
    }

    /// <summary>Reads a token; null where it is not ours, was changed or has expired.</summary>
    public RegistryToken? Read(string token)
    {
        string[] halves = token.Split('.');
        if (halves.Length != 2 || Decode(halves[0]) is not { } said || Decode(halves[1]) is not { } signature
            || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_secret, said), signature))
        {
            return null;
        }

        string[] lines = Encoding.UTF8.GetString(said).Split('\n');
        DateTimeOffset until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(lines[1], CultureInfo.InvariantCulture));
        return until <= time.GetUtcNow() ? null : new RegistryToken(lines[0].Length == 0 ? null : lines[0], until, ScopesOf(lines[2]));
    }

    /// <summary>Reads scopes that blanks divide.</summary>
    public static ImmutableArray<TokenScope> ScopesOf(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => TokenScope.TryParse(one, out TokenScope? scope) ? scope : null).OfType<TokenScope>()];

    private static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
