import type { FigureMetric } from '@rollcall/service-kit';

/** Figures of the heartbeat under their names for Prometheus. */
export const exportedFigures: readonly FigureMetric[] = [
  { figure: 'children', name: 'rollcall_pipeline_children', help: 'Child processes of the pipeline.' },
  { figure: 'busy', name: 'rollcall_pipeline_children_busy', help: 'Children with an image in hand.' },
  { figure: 'waiting', name: 'rollcall_pipeline_images_waiting', help: 'Images that wait for a child.' },
  { figure: 'images', name: 'rollcall_pipeline_images_total', help: 'Images looked at.' },
  { figure: 'lost', name: 'rollcall_pipeline_children_lost_total', help: 'Children that crashed or took too long.' },
  {
    figure: 'busyMs',
    name: 'rollcall_pipeline_busy_seconds_total',
    help: 'Time children were at work.',
    factor: 0.001,
  },
  { figure: 'in_hand', name: 'rollcall_requests_in_hand', help: 'Requests this worker holds.' },
  { figure: 'frames_completed', name: 'rollcall_frames_completed_total', help: 'Frames with a result.' },
  { figure: 'frames_failed', name: 'rollcall_frames_failed_total', help: 'Frames that ended as failed.' },
  { figure: 'registrations_completed', name: 'rollcall_registrations_completed_total', help: 'People enrolled.' },
  { figure: 'registrations_rejected', name: 'rollcall_registrations_rejected_total', help: 'Enrolments rejected.' },
  { figure: 'galleries', name: 'rollcall_galleries_loaded', help: 'Galleries in memory.' },
  { figure: 'faces', name: 'rollcall_gallery_faces_loaded', help: 'Faces in the galleries in memory.' },
  { figure: 'bytes', name: 'rollcall_gallery_bytes', help: 'Memory of the galleries.' },
];
