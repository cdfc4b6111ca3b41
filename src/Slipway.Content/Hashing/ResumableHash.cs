using System.Security.Cryptography;
using Slipway.Linux;

namespace Slipway.Content.Hashing;

/// <summary>A SHA-256 whose state can be kept, where the system's libcrypto is there; else the platform's, which keeps none.</summary>
internal sealed class ResumableHash : IDisposable
{
    private readonly IncrementalHash? _platform;
    private Sha256Context _context;

    public ResumableHash()
    {
        if (Sha256Context.IsAvailable)
        {
            _context = Sha256Context.Create();
        }
        else
        {
            _platform = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    private ResumableHash(HashState state) => _context = Sha256Context.Resume(state.Words, state.Length);

    /// <summary>The state after the last whole block; null where the library is missing.</summary>
    public HashState? State => _platform is null ? new HashState(_context.Words(), _context.Length / Sha256Context.BlockSize * Sha256Context.BlockSize) : null;

    /// <summary>Goes on from a state; null where the library is missing.</summary>
    public static ResumableHash? Resume(HashState state) => Sha256Context.IsAvailable ? new ResumableHash(state) : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_platform is null)
        {
            _context.Append(bytes);
        }
        else
        {
            _platform.AppendData(bytes);
        }
    }

    /// <summary>The digest of everything appended so far; more may follow.</summary>
    public Digest Current()
    {
        Span<byte> digest = stackalloc byte[Digest.Size];
        if (_platform is null)
        {
            _context.Finish(digest);
        }
        else
        {
            _platform.GetCurrentHash(digest);
        }

        return new Digest(digest);
    }

    /// <inheritdoc/>
    public void Dispose() => _platform?.Dispose();
}
