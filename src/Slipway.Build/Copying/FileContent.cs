using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>Moves a file's bytes: in the kernel where it can, else through a buffer.</summary>
internal static class FileContent
{
    private const int BufferSize = 1 << 20;
    private const long KernelChunk = 1L << 30;

    public static void Copy(SafeFileHandle source, SafeFileHandle target, CancellationToken cancellationToken)
    {
        long offset = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long copied = Libc.CopyFileRange(source, offset, target, offset, KernelChunk);
            if (copied < 0)
            {
                break;
            }

            offset += copied;
            if (copied == 0)
            {
                return;
            }
        }

        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int read; (read = RandomAccess.Read(source, buffer, offset)) > 0; offset += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RandomAccess.Write(target, buffer.AsSpan(0, read), offset);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static void Write(Stream source, SafeFileHandle target, CancellationToken cancellationToken)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long offset = 0;
            for (int read; (read = source.Read(buffer)) > 0; offset += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RandomAccess.Write(target, buffer.AsSpan(0, read), offset);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
