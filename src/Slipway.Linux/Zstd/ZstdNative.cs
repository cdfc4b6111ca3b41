using System.Runtime.InteropServices;

namespace Slipway.Linux.Zstd;

/// <summary>The functions of the system's libzstd that the streams here use, as zstd.h declares them.</summary>
internal static partial class ZstdNative
{
    /// <summary>ZSTD_c_compressionLevel.</summary>
    internal const int CompressionLevel = 100;

    /// <summary>ZSTD_c_checksumFlag.</summary>
    internal const int ChecksumFlag = 201;

    /// <summary>ZSTD_c_nbWorkers; refused by a library without threads.</summary>
    internal const int Workers = 400;

    /// <summary>ZSTD_e_continue.</summary>
    internal const int Continue = 0;

    /// <summary>ZSTD_e_end.</summary>
    internal const int End = 2;

    private const string Library = "libzstd.so.1";

    [LibraryImport(Library)]
    internal static partial ZstdDecoderHandle ZSTD_createDCtx();

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    internal static unsafe partial nuint ZSTD_decompressStream(ZstdDecoderHandle context, ZstdBuffer* output, ZstdBuffer* input);

    [LibraryImport(Library)]
    internal static partial ZstdEncoderHandle ZSTD_createCCtx();

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_CCtx_setParameter(ZstdEncoderHandle context, int parameter, int value);

    [LibraryImport(Library)]
    internal static unsafe partial nuint ZSTD_compressStream2(ZstdEncoderHandle context, ZstdBuffer* output, ZstdBuffer* input, int end);

    [LibraryImport(Library)]
    internal static partial uint ZSTD_isError(nuint code);

    [LibraryImport(Library)]
    internal static partial nint ZSTD_getErrorName(nuint code);

    /// <summary>What the library says of a code that is an error; null where it is none.</summary>
    internal static string? ErrorOf(nuint code) => ZSTD_isError(code) == 0 ? null : Marshal.PtrToStringUTF8(ZSTD_getErrorName(code)) ?? "unknown error";
}

/// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have one form.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer
{
    public byte* Start;
    public nuint Size;
    public nuint Position;
}

/// <summary>A ZSTD_DCtx*.</summary>
internal sealed class ZstdDecoderHandle : SafeHandle
{
    public ZstdDecoderHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeDCtx(handle) == 0;
}

/// <summary>A ZSTD_CCtx*.</summary>
internal sealed class ZstdEncoderHandle : SafeHandle
{
    public ZstdEncoderHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeCCtx(handle) == 0;
}
