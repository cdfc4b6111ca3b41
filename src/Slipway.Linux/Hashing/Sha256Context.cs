using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>
/// SHA-256 by the system's libcrypto, whose state, unlike the platform's, can be taken out and put back: SHA256_Init(3). A value: a copy goes on by itself.
/// </summary>
public struct Sha256Context
{
    /// <summary>The bytes of a block (FIPS 180-4, section 5.2.1).</summary>
    public const int BlockSize = 64;

    private const string Library = "libcrypto.so.3";

    private State _state;

    /// <summary>Whether the library is there; without it nothing else may be called.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>How many bytes were hashed.</summary>
    public readonly long Length => (long)((((ulong)_state.HighBits << 32) | _state.LowBits) / 8);

    /// <summary>Begins a hash.</summary>
    public static Sha256Context Create()
    {
        Sha256Context context = default;
        Check(SHA256_Init(ref context._state));
        return context;
    }

    /// <summary>Goes on from eight words, as <see cref="Words"/> gave them, after <paramref name="length"/> bytes: a multiple of <see cref="BlockSize"/>.</summary>
    public static Sha256Context Resume(ReadOnlySpan<uint> words, long length)
    {
        if (length % BlockSize != 0)
        {
            throw new ArgumentException("a hash goes on from whole blocks only", nameof(length));
        }

        Sha256Context context = Create();
        words.CopyTo(context._state.Words);
        ulong bits = (ulong)length * 8;
        context._state.LowBits = (uint)bits;
        context._state.HighBits = (uint)(bits >> 32);
        return context;
    }

    /// <summary>The chaining value after the last whole block: eight words.</summary>
    public readonly uint[] Words() => ((ReadOnlySpan<uint>)_state.Words).ToArray();

    /// <summary>Hashes more bytes.</summary>
    public unsafe void Append(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            Check(SHA256_Update(ref _state, data, (nuint)bytes.Length));
        }
    }

    /// <summary>The digest of what was hashed so far; the hash can go on.</summary>
    /// <param name="digest">32 bytes.</param>
    public readonly unsafe void Finish(Span<byte> digest)
    {
        State copy = _state;
        byte* output = stackalloc byte[32];
        Check(SHA256_Final(output, ref copy));
        new ReadOnlySpan<byte>(output, 32).CopyTo(digest);
    }

    private static void Check(int result)
    {
        if (result != 1)
        {
            throw new InvalidOperationException("libcrypto refuses to hash");
        }
    }

    /// <summary>struct SHA256_CTX of openssl/sha.h: h, Nl, Nh, data, num, md_len.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct State
    {
        public EightWords Words;
        public uint LowBits;
        public uint HighBits;
        public SixteenWords Block;
        public uint InBlock;
        public uint DigestLength;
    }

    [InlineArray(8)]
    private struct EightWords
    {
        private uint _first;
    }

    [InlineArray(16)]
    private struct SixteenWords
    {
        private uint _first;
    }

    [DllImport(Library)]
    private static extern int SHA256_Init(ref State state);

    [DllImport(Library)]
    private static extern unsafe int SHA256_Update(ref State state, byte* data, nuint length);

    [DllImport(Library)]
    private static extern unsafe int SHA256_Final(byte* digest, ref State state);
}
