using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Slipway.Daemon.S3.Payloads;

/// <summary>One of the checksums that a client may send of a body, in base64: of <c>x-amz-checksum-*</c>, or <c>Content-MD5</c>.</summary>
internal sealed class Checksum : IDisposable
{
    private readonly ulong[]? _table;
    private readonly int _bytes;
    private readonly IncrementalHash? _hash;
    private ulong _state;

    private Checksum(ulong polynomial, int bytes)
    {
        _bytes = bytes;
        _table = new ulong[256];
        for (ulong i = 0; i < 256; i++)
        {
            ulong row = i;
            for (int bit = 0; bit < 8; bit++)
            {
                row = (row & 1) != 0 ? (row >> 1) ^ polynomial : row >> 1;
            }

            _table[i] = row;
        }

        _state = bytes == 4 ? uint.MaxValue : ulong.MaxValue;
    }

    private Checksum(HashAlgorithmName name) => _hash = IncrementalHash.CreateHash(name);

    /// <summary>The one that a header's name means; null where it means none.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The client chose it, against accidents.")]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The client chose it, against accidents.")]
    public static Checksum? Find(string header) => header switch
    {
        "x-amz-checksum-crc32" => new Checksum(0xEDB88320, 4),
        "x-amz-checksum-crc32c" => new Checksum(0x82F63B78, 4),
        "x-amz-checksum-crc64nvme" => new Checksum(0x9A6C9329AC4BC9B5, 8),
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

        ulong state = _state;
        foreach (byte b in bytes)
        {
            state = (state >> 8) ^ _table![(byte)state ^ b];
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
}
