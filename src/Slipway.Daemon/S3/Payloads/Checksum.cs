using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Slipway.Daemon.S3.Payloads;

/// <summary>One of the checksums that a client may send of a body, in base64: of <c>x-amz-checksum-*</c>, or <c>Content-MD5</c>.</summary>
internal sealed class Checksum : IDisposable
{
    private static readonly Lazy<ulong[]> Crc32 = new(() => Table(0xEDB88320));
    private static readonly Lazy<ulong[]> Crc32C = new(() => Table(0x82F63B78));
    private static readonly Lazy<ulong[]> Crc64 = new(() => Table(0x9A6C9329AC4BC9B5));

    private readonly ulong[]? _table;
    private readonly int _bytes;
    private readonly IncrementalHash? _hash;
    private ulong _state;

    private Checksum(ulong[] table, int bytes)
    {
        _bytes = bytes;
        _table = table;
        _state = bytes == 4 ? uint.MaxValue : ulong.MaxValue;
    }

    private Checksum(HashAlgorithmName name) => _hash = IncrementalHash.CreateHash(name);

    /// <summary>The one that a header's name means; null where it means none.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The client chose it, against accidents.")]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The client chose it, against accidents.")]
    public static Checksum? Find(string header) => header switch
    {
        "x-amz-checksum-crc32" => new Checksum(Crc32.Value, 4),
        "x-amz-checksum-crc32c" => new Checksum(Crc32C.Value, 4),
        "x-amz-checksum-crc64nvme" => new Checksum(Crc64.Value, 8),
        "x-amz-checksum-sha1" => new Checksum(HashAlgorithmName.SHA1),
        "x-amz-checksum-sha256" => new Checksum(HashAlgorithmName.SHA256),
        "content-md5" => new Checksum(HashAlgorithmName.MD5),
        _ => null,
    };

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_hash is not null)
        {
            _hash.AppendData(bytes);
            return;
        }

        ReadOnlySpan<ulong> table = _table;
        ulong state = _state;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong word = state ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            state = table[0x700 + (byte)word] ^ table[0x600 + (byte)(word >> 8)] ^ table[0x500 + (byte)(word >> 16)] ^ table[0x400 + (byte)(word >> 24)]
                ^ table[0x300 + (byte)(word >> 32)] ^ table[0x200 + (byte)(word >> 40)] ^ table[0x100 + (byte)(word >> 48)] ^ table[(byte)(word >> 56)];
        }

        foreach (byte b in bytes)
        {
            state = (state >> 8) ^ table[(byte)state ^ b];
        }

        _state = state;
    }

    /// <summary>The sum of all that was added, as the header says it.</summary>
    public string Finish()
    {
        if (_hash is not null)
        {
            return Convert.ToBase64String(_hash.GetCurrentHash());
        }

        Span<byte> sum = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(sum, ~_state);
        return Convert.ToBase64String(sum[(8 - _bytes)..]);
    }

    public void Dispose() => _hash?.Dispose();

    /// <summary>What each byte adds to a reflected CRC with 0 to 7 more bytes behind it, so that eight bytes are eight look-ups that wait for nothing.</summary>
    private static ulong[] Table(ulong polynomial)
    {
        ulong[] table = new ulong[8 * 256];
        for (int i = 0; i < table.Length; i++)
        {
            ulong row = i < 256 ? (ulong)i : table[i - 256];
            for (int bit = 0; bit < 8; bit++)
            {
                row = (row & 1) != 0 ? (row >> 1) ^ polynomial : row >> 1;
            }

            table[i] = row;
        }

        return table;
    }
}
